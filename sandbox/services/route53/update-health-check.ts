import type {
  HealthCheckConfig,
  UpdateHealthCheckCommandInput,
  UpdateHealthCheckCommandOutput,
} from '@aws-sdk/client-route-53';
import { ServiceError } from '../../service-model.ts';
import type { Operation } from '../../service-model.ts';
import { checkHealthCheckConfig } from './check-health-check.ts';
import { describeHealthCheck, healthCheck, healthCheckArn } from './health-check-operations.ts';
import type { Route53Model } from './route53-model.ts';

/** Changes what is given, against a version when one is given; the type stays. */
export function updateHealthCheck(
  model: Route53Model,
): Operation<UpdateHealthCheckCommandInput, Omit<UpdateHealthCheckCommandOutput, '$metadata'>> {
  return {
    resources: (input) => [healthCheckArn(input.HealthCheckId)],
    handle: (input) => {
      const check = healthCheck(model, input.HealthCheckId);
      const { HealthCheckVersion: version, ResetElements: reset } = input;
      if (version !== undefined && version !== check.version) {
        throw new ServiceError(
          'HealthCheckVersionMismatch',
          `The health check has version ${check.version}, not ${version}.`,
          { httpStatus: 409 },
        );
      }
      check.config = checkHealthCheckConfig(without({ ...check.config, ...given(input) }, reset));
      check.version += 1;
      return { HealthCheck: describeHealthCheck(check) };
    },
  };
}

const own = new Set(['HealthCheckId', 'HealthCheckVersion', 'ResetElements']);

function given(input: UpdateHealthCheckCommandInput): Partial<HealthCheckConfig> {
  return Object.fromEntries(
    Object.entries(input).filter(([member, value]) => value !== undefined && !own.has(member)),
  );
}

function without(
  config: HealthCheckConfig,
  reset: UpdateHealthCheckCommandInput['ResetElements'],
): HealthCheckConfig {
  const names: readonly string[] = reset ?? [];
  const kept = Object.entries(config).filter(([member]) => !names.includes(member));
  return { ...Object.fromEntries(kept), Type: config.Type };
}
