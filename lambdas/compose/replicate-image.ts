import { events, images, nativeReplication, repositories } from '../../aws/adapters.ts';
import { runControlLoop } from '../../core/control-loop.ts';
import { nativeRulesLoop } from '../../core/replication/native-rules-loop.ts';
import { replicationLoop } from '../../core/replication/replication-loop.ts';
import { type Compose, lambdaHandler } from '../shared/lambda-handler.ts';

/** Sees to it that what was pushed reaches every region, by copies or by ECR's own replication. */
export const replicateImage: Compose = (environment, surroundings) =>
  lambdaHandler(
    'replicate-image',
    environment,
    ({ fleet, aws, telemetry, ...setting }) => {
      const { accountId } = aws;
      const native = { nativeReplication: nativeReplication(aws), accountId };
      const registries = { images: images(aws), repositories: repositories(aws) };
      const tells = { events: events(aws), meter: telemetry };
      const ports = { ...setting.ports, ...native, ...registries, ...tells };
      const [copies, rules] = [replicationLoop(fleet, ports), nativeRulesLoop(fleet, ports)];
      return async (body, endsAtMs) => {
        telemetry.decided(await runControlLoop(copies, body, ports, endsAtMs));
        telemetry.decided(await runControlLoop(rules, body, ports));
      };
    },
    surroundings,
  );
