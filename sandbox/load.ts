import type { Fleet } from '../core/contract/fleet.ts';
import type { EcsModel } from './services/ecs/ecs-model.ts';

/** Load on every service of an application in one region; without a figure it ends. */
export interface LoadRequest {
  readonly app: string;
  readonly region: string;
  /** Requests per second over all tasks. */
  readonly rps?: number;
  /** CPU of every task, in percent. */
  readonly cpu?: number;
}

/** The load that a request's body describes, or what is wrong with it. */
export function parseLoad(
  fleet: Fleet,
  body: Readonly<Record<string, unknown>>,
): LoadRequest | string {
  const { app, region, rps, cpu } = body;
  const application = typeof app === 'string' ? fleet.applications[app] : undefined;
  if (typeof app !== 'string' || application === undefined) {
    const known = Object.keys(fleet.applications).join(', ');
    return `There is no application ${String(app)}; use ${known}.`;
  }
  if (typeof region !== 'string' || !application.regions.includes(region)) {
    const known = application.regions.join(', ');
    return `${app} does not run in ${String(region)}; it runs in ${known}.`;
  }
  return {
    app,
    region,
    ...(typeof rps === 'number' && { rps }),
    ...(typeof cpu === 'number' && { cpu }),
  };
}

/** Puts the load on the services, or takes it away. */
export function setLoad(ecs: EcsModel, fleet: Fleet, { app, region, rps, cpu }: LoadRequest): void {
  const services = Object.values(fleet.applications[app]?.services ?? {});
  for (const { cluster, service } of services) {
    const share = rps === undefined ? undefined : { rps: rps / services.length };
    ecs.setLoad(region, cluster, service, cpu === undefined ? share : { cpuPercent: cpu });
  }
}
