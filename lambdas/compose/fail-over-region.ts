import { alarms, hooks, images, latch, probes, services } from '../../aws/adapters.ts';
import { failoverLoop } from '../../core/failover/failover-loop.ts';
import type { Compose } from '../shared/lambda-handler.ts';
import { loopHandler } from '../shared/loop-handler.ts';

/** Moves traffic to a healthy region when enough observers agree. */
export const failOverRegion: Compose = (environment, surroundings) =>
  loopHandler(
    'fail-over-region',
    environment,
    ({ fleet, ports, aws }) =>
      failoverLoop(fleet, {
        ...ports,
        alarms: alarms(aws),
        hooks: hooks(aws),
        images: images(aws),
        latch: latch(aws),
        probes: probes(aws),
        services: services(aws),
      }),
    surroundings,
  );
