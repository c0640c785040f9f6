import type { FleetProblem } from '../core/contract/fleet-problem.ts';
import type { Fleet } from '../core/contract/fleet.ts';

/**
 * A `fleet` step changes what functions read. What a deployment would make or remove, such as an
 * alarm or a health check, stays as the first fleet made it, so a change of that is refused.
 */
export function checkDeployable(
  before: Fleet,
  after: Fleet,
  path: FleetProblem['path'],
): readonly FleetProblem[] {
  const [old, next] = [resourcesOf(before), resourcesOf(after)];
  const changed = [...new Set([...old.keys(), ...next.keys()])].filter(
    (name) => old.get(name) !== next.get(name),
  );
  return changed.map((name) => ({
    path,
    message: `a fleet step cannot change ${name}: AWS would make other resources for it`,
    remedy: 'change it in the fleet of the scenario, or in a second scenario',
  }));
}

/** Everything of a fleet file from which resources are made, by its place in the file. */
function resourcesOf({ name, regions, sweepEvery, notifications, applications }: Fleet) {
  const found = new Map<string, string>();
  const note = (place: string, value: unknown): void => {
    if (value !== undefined) found.set(place, JSON.stringify(value));
  };
  note('name', name);
  note('regions', regions);
  note('sweepEvery', sweepEvery);
  note('notifications', notifications);
  for (const [app, application] of Object.entries(applications)) {
    const { home, image, replication, traffic, failover, services, scaling } = application;
    const of = `applications.${app}`;
    note(`${of}.regions`, application.regions);
    note(`${of}.home`, home);
    note(`${of}.image.repository`, image.repository);
    note(`${of}.replication.repositoryIn`, replication.repositoryIn);
    note(`${of}.traffic`, traffic);
    for (const [key, { cluster, service, container }] of Object.entries(services)) {
      note(`${of}.services.${key}`, { cluster, service, container });
    }
    for (const [key, { service, alarm, metric }] of Object.entries(scaling)) {
      note(`${of}.scaling.${key}`, { service, alarm, metric });
    }
    note(`${of}.failover.sloAlarm`, failover?.sloAlarm);
    note(`${of}.failover.data`, failover?.data);
  }
  return found;
}
