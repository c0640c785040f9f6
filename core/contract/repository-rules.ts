import type { Application, Fleet } from './fleet.ts';
import type { FleetProblem } from './fleet-problem.ts';
import { repositoryIn } from './repository-in.ts';

/** Whether each region that a field speaks of gets images, and no two sources meet in one name. */
export function checkRepositories(
  fleet: Fleet,
  app: string,
  application: Application,
): FleetProblem[] {
  const { kmsKeys, repositoryIn: mapped } = application.replication;
  return [
    ...checkTargets(application, 'kmsKeys', Object.keys(kmsKeys)),
    ...checkTargets(application, 'repositoryIn', Object.keys(mapped)),
    ...Object.entries(mapped).flatMap(([region, name]) => {
      const taken = takenBy(fleet, app, { region, name });
      if (taken === undefined) return [];
      const message = `${name} in ${region} ${taken}`;
      const remedy = 'write a name that nothing else in that region has';
      return [{ path: ['replication', 'repositoryIn', region], message, remedy }];
    }),
  ];
}

function checkTargets(
  { regions, home }: Application,
  field: 'kmsKeys' | 'repositoryIn',
  named: readonly string[],
): FleetProblem[] {
  const targets = regions.filter((region) => region !== home);
  return named.flatMap((region) => {
    if (targets.includes(region)) return [];
    const message =
      region === home
        ? `${region} is the home, where images are pushed to image.repository`
        : `${region} is not a region of this application`;
    const known = targets.length === 0 ? '' : `; images are copied to ${targets.join(', ')}`;
    return [{ path: ['replication', field, region], message, remedy: `remove it${known}` }];
  });
}

/** A mapped name may mean one source only: two would overwrite each other, or go in a circle. */
function takenBy(
  fleet: Fleet,
  app: string,
  { region, name }: { readonly region: string; readonly name: string },
): string | undefined {
  const own = fleet.applications[app];
  for (const [other, application] of Object.entries(fleet.applications)) {
    const { home, image, regions } = application;
    const isSource = home === own?.home && image.repository === own.image.repository;
    if (isSource || repositoryIn(application, region) !== name) continue;
    if (home === region) return `is where the images of ${other} are pushed to`;
    if (regions.includes(region)) return `is where the images of ${other} are copied to`;
  }
  return undefined;
}
