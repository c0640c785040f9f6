import type {
  DescribeTargetHealthInput,
  DescribeTargetHealthOutput,
  TargetHealth,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Operation, TargetHealthState } from '../../service-model.ts';
import type { LoadBalancerModel } from './load-balancer-model.ts';

export function describeTargetHealth(
  model: LoadBalancerModel,
): Operation<DescribeTargetHealthInput, DescribeTargetHealthOutput> {
  return {
    resources: () => ['*'],
    handle: ({ TargetGroupArn, Targets }, { region }) => ({
      TargetHealthDescriptions: model
        .targetGroup(region, TargetGroupArn ?? '')
        .targets()
        .filter(({ target }) => Targets?.some(({ Id }) => Id === target.id) ?? true)
        .map(({ target, state }) => ({
          Target: { Id: target.id, Port: target.port },
          HealthCheckPort: `${target.port}`,
          TargetHealth: healthOf(state),
        })),
    }),
  };
}

function healthOf(state: TargetHealthState): TargetHealth {
  switch (state) {
    case 'initial':
      return { State: 'initial', Reason: 'Elb.RegistrationInProgress' };
    case 'unhealthy':
      return { State: 'unhealthy', Reason: 'Target.Timeout', Description: 'Request timed out' };
    case 'draining':
      return { State: 'draining', Reason: 'Target.DeregistrationInProgress' };
    case 'healthy':
    case 'unused':
      return { State: state };
  }
}
