import { beyondNative } from './beyond-native.ts';
import { formatDuration } from './format-duration.ts';
import type { Application, Fleet } from './fleet.ts';
import type { FleetProblem } from './fleet-problem.ts';
import { checkFailover } from './failover-rules.ts';
import { checkRepositories } from './repository-rules.ts';
import { checkScaling } from './scaling-rules.ts';
import { checkTagPolicy } from './tag-policy-rules.ts';

/** Rules of one application; paths are relative to it. */
export function checkApplication(
  fleet: Fleet,
  app: string,
  application: Application,
): FleetProblem[] {
  return [
    ...checkRegions(fleet, application),
    ...checkServices(application),
    ...checkTagPolicy(application.image.tags, ['image', 'tags']),
    ...checkReplication(application),
    ...checkRepositories(fleet, app, application),
    ...Object.entries(application.scaling).flatMap(([policy, scaling]) =>
      checkScaling(application, scaling).map((problem) => ({
        ...problem,
        path: ['scaling', policy, ...problem.path],
      })),
    ),
    ...checkTraffic(application),
    ...checkFailover(fleet, app, application),
    ...checkFreeze(application),
  ];
}

function checkRegions(fleet: Fleet, { regions, home }: Application): FleetProblem[] {
  const known = Object.keys(fleet.regions);
  const problems = regions.flatMap((region, index): FleetProblem[] => {
    const path = ['regions', index];
    const role = fleet.regions[region]?.role;
    if (role === undefined) {
      const message = `${region} is not a region of the fleet (${known.join(', ')})`;
      return [{ path, message, remedy: `add ${region} under regions at the top of the file` }];
    }
    if (role === 'observer') {
      const message = `${region} is an observer, which runs no services`;
      return [{ path, message, remedy: `give ${region} the role workload` }];
    }
    if (regions.indexOf(region) === index) return [];
    return [{ path, message: `${region} stands twice`, remedy: 'remove one of the two' }];
  });
  if (!regions.includes(home)) {
    problems.push({
      path: ['home'],
      message: `home ${home} is not a region of this application`,
      remedy: `use one of ${regions.join(', ')}`,
    });
  }
  return problems;
}

function checkServices({ services }: Application): FleetProblem[] {
  if (Object.keys(services).length === 0) {
    const remedy = 'add at least one service with its cluster, service and container';
    return [{ path: ['services'], message: 'an application has services', remedy }];
  }
  return Object.entries(services).flatMap(([name, { min, max }]): FleetProblem[] => {
    if (min <= max) return [];
    const message = `min ${min} is above max ${max}`;
    return [{ path: ['services', name, 'min'], message, remedy: `write at most ${max}` }];
  });
}

function checkReplication(application: Application): FleetProblem[] {
  const { replication } = application;
  const { include, exclude } = replication;
  const policies = Object.entries({ include, exclude }).flatMap(([key, list]) =>
    list.flatMap((policy, index) => checkTagPolicy(policy, ['replication', key, index])),
  );
  return [
    ...policies,
    ...checkRescue(replication),
    ...checkNative(application),
    ...checkDeletion(replication),
  ];
}

function checkNative(application: Application): FleetProblem[] {
  if (application.replication.engine !== 'native') return [];
  return beyondNative(application).map(({ field, instead }) => ({
    path: ['replication', field],
    message: `engine native cannot do that: ${instead}`,
    remedy: `remove ${field}, or write engine: copy or auto`,
  }));
}

/** Less is no time for people to notice what somebody deleted by mistake; in ms. */
const GRACE_MS_MIN = 3_600_000;

function checkDeletion({ deletion }: Application['replication']): FleetProblem[] {
  if (deletion === undefined || deletion.grace >= GRACE_MS_MIN) return [];
  const message = `a grace of ${formatDuration(deletion.grace)} leaves nobody time to step in`;
  const path = ['replication', 'deletion', 'grace'];
  return [{ path, message, remedy: `write ${formatDuration(GRACE_MS_MIN)} or more` }];
}

function checkRescue({
  engine,
  rescueAfter,
  deadline,
}: Application['replication']): FleetProblem[] {
  if (engine === 'copy' || rescueAfter < deadline) return [];
  const [rescue, late] = [formatDuration(rescueAfter), formatDuration(deadline)];
  const message = `a rescue after ${rescue} comes too late for the deadline of ${late}`;
  const remedy = `write less than ${late}, or give replication.deadline more time`;
  return [{ path: ['replication', 'rescueAfter'], message, remedy }];
}

function checkTraffic({ mode, regions, traffic }: Application): FleetProblem[] {
  if (traffic === undefined) return [];
  const problems: FleetProblem[] = [];
  for (const region of regions) {
    if (traffic.endpoints[region] !== undefined) continue;
    const path = ['traffic', 'endpoints'];
    const remedy = `add ${region} with the host and zoneId of its load balancer`;
    problems.push({ path, message: `there is no endpoint for ${region}`, remedy });
  }
  for (const region of Object.keys(traffic.endpoints)) {
    if (regions.includes(region)) continue;
    const path = ['traffic', 'endpoints', region];
    const message = `${region} is not a region of this application`;
    problems.push({ path, message, remedy: 'remove it, or add the region to regions' });
  }
  const isFailover = traffic.policy === 'failover';
  if (isFailover !== (mode === 'active-passive')) {
    const remedy = isFailover
      ? 'use weighted or latency, or make the application active-passive'
      : 'use policy failover, or make the application active-active';
    const message = `policy ${traffic.policy} does not fit mode ${mode}`;
    problems.push({ path: ['traffic', 'policy'], message, remedy });
  }
  if (![10_000, 30_000].includes(traffic.check.interval)) {
    const message = 'Route 53 checks every 10 or 30 seconds';
    const path = ['traffic', 'check', 'interval'];
    problems.push({ path, message, remedy: 'write 10s or 30s' });
  }
  return [...problems, ...checkRecord(traffic)];
}

function checkRecord({ record, zone }: NonNullable<Application['traffic']>): FleetProblem[] {
  if (record === zone.name || record.endsWith(`.${zone.name}`)) return [];
  const message = `${record} is not in the zone ${zone.name}`;
  const remedy = `use a name that ends with .${zone.name}, or name the zone that holds it`;
  return [{ path: ['traffic', 'record'], message, remedy }];
}

function checkFreeze({ freeze }: Application): FleetProblem[] {
  return freeze.flatMap(({ from, to }, index): FleetProblem[] => {
    if (Date.parse(from) < Date.parse(to)) return [];
    const message = `the window ends at ${to}, before it starts`;
    return [{ path: ['freeze', index, 'to'], message, remedy: `write a time after ${from}` }];
  });
}
