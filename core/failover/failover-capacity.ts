import type { ObservedFailover, ObservedTarget } from './observed-failover.ts';

/** Tasks that each service must have healthy in the target before traffic comes. */
export function capacityFloors(
  { application, state }: ObservedFailover,
  target: ObservedTarget,
): Readonly<Record<string, number>> {
  const share = (application.failover?.capacity ?? 100) / 100;
  const remembered =
    state.remembered?.region === target.region ? undefined : state.remembered?.services;
  return Object.fromEntries(
    Object.entries(application.services).map(([name, { min, max }]) => {
      const needed = remembered?.[name]?.desired ?? target.services[name]?.desired ?? min;
      return [name, Math.min(max, Math.max(min, Math.ceil(share * needed)))];
    }),
  );
}

/** Services that want fewer tasks than their floor, with the floor. Nothing is ever lowered. */
export function countsToRaise(
  floors: Readonly<Record<string, number>>,
  target: ObservedTarget,
): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(floors).filter(([name, floor]) => (target.services[name]?.desired ?? 0) < floor),
  );
}

/** Services that serve nobody because fewer tasks than their floor are wanted. */
export function servicesWithoutTasks(
  floors: Readonly<Record<string, number>>,
  target: ObservedTarget,
): readonly string[] {
  const raised = Object.keys(countsToRaise(floors, target));
  return raised.filter((name) => target.services[name]?.healthy === 0);
}

/** Services with fewer healthy targets than needed, as `web 1/3`. */
export function capacityLacking(
  floors: Readonly<Record<string, number>>,
  target: ObservedTarget,
): readonly string[] {
  return Object.entries(floors)
    .map(([name, floor]) => ({ name, floor, healthy: target.services[name]?.healthy ?? 0 }))
    .filter(({ floor, healthy }) => healthy < floor)
    .map(({ name, floor, healthy }) => `${name} ${healthy}/${floor}`);
}
