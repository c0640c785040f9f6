import { events, images, imageUse, nativeReplication, repositories } from '../../aws/adapters.ts';
import { runControlLoop } from '../../core/control-loop.ts';
import { deletionLoop } from '../../core/deletion/deletion-loop.ts';
import { nativeRulesLoop } from '../../core/replication/native-rules-loop.ts';
import { replicationLoop } from '../../core/replication/replication-loop.ts';
import { type Compose, lambdaHandler } from '../shared/lambda-handler.ts';

/** Sees to it that every region holds what home holds, and in time nothing that home deleted. */
export const replicateImage: Compose = (environment, surroundings) =>
  lambdaHandler(
    'replicate-image',
    environment,
    ({ fleet, aws, telemetry, ...setting }) => {
      const { accountId } = aws;
      const native = { nativeReplication: nativeReplication(aws), accountId };
      const registries = { images: images(aws), repositories: repositories(aws) };
      const uses = { imageUse: imageUse(aws) };
      const tells = { events: events(aws), meter: telemetry };
      const ports = { ...setting.ports, ...native, ...registries, ...uses, ...tells };
      const [copies, rules] = [replicationLoop(fleet, ports), nativeRulesLoop(fleet, ports)];
      const deletions = deletionLoop(fleet, ports);
      return async (body, endsAtMs) => {
        telemetry.decided(await runControlLoop(copies, body, ports, endsAtMs));
        telemetry.decided(await runControlLoop(rules, body, ports));
        telemetry.decided(await runControlLoop(deletions, body, ports, endsAtMs));
      };
    },
    surroundings,
  );
