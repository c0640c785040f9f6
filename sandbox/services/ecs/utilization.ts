import type { EcsModel } from './ecs-model.ts';
import { countsOf, type EcsService, tasksOf } from './ecs-state.ts';

/** ECS publishes utilization once a minute. */
export const PUBLISH_INTERVAL_MS = 60_000;
/** Requests per second that keep one task at full CPU. */
const RPS_PER_TASK = 100;
/** CPU of a service of which no load is known, in percent. */
const BASE_CPU_PERCENT = 40;
const MEMORY_PERCENT = 35;

/** Publishes the CPU and memory of each service; without a running task there is no datapoint. */
export function publishUtilization(model: EcsModel): void {
  for (const service of model.services()) {
    const { running } = countsOf(tasksOf(service));
    if (running === 0 || !model.hub.isUp(service.region)) continue;
    const dimensions = { ClusterName: service.cluster.name, ServiceName: service.name };
    const put = (name: string, value: number): void => {
      model.hub.putMetric(service.region, { namespace: 'AWS/ECS', name, dimensions, value });
    };
    put('CPUUtilization', cpuPercent(service, running));
    put('MemoryUtilization', MEMORY_PERCENT);
  }
}

function cpuPercent({ load }: EcsService, running: number): number {
  if (load === undefined) return BASE_CPU_PERCENT;
  if ('cpuPercent' in load) return load.cpuPercent;
  return Math.min(100, (load.rps / (running * RPS_PER_TASK)) * 100);
}
