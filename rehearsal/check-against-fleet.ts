import type { FleetProblem } from '../core/contract/fleet-problem.ts';
import type { Fleet } from '../core/contract/fleet.ts';
import { userAlarms } from '../sandbox/workload-extras.ts';
import { commandProblem } from './operator-command.ts';
import type { Expectation } from './scenario-expectations.ts';
import type { Step } from './scenario-steps.ts';
import type { Scenario } from './scenario.ts';

type Path = FleetProblem['path'];

/** Names that the fleet does not have: what is about them would never happen or never hold. */
export function checkAgainstFleet(scenario: Scenario, fleet: Fleet): readonly FleetProblem[] {
  return [
    ...scenario.steps.flatMap((step, index) => [
      ...namesIn(fleet, step, ['steps', index]),
      ...checkMetric(fleet, step, ['steps', index, 'metric', 'alarm']),
      ...checkCommand(fleet, step, ['steps', index, 'command']),
    ]),
    ...scenario.expect.flatMap((found, index) => [
      ...namesIn(fleet, found, ['expect', index]),
      ...checkAnswer(fleet, found, ['expect', index, 'answer', 'app']),
    ]),
  ];
}

function checkMetric(fleet: Fleet, { metric }: Step, path: Path): readonly FleetProblem[] {
  if (metric === undefined) return [];
  const alarms = Object.values(fleet.applications).flatMap(userAlarms);
  const names = [...new Set(alarms.map(({ AlarmName: name = '' }) => name))];
  if (names.includes(metric.alarm)) return [];
  const message = `the fleet file names no alarm ${metric.alarm} of yours`;
  const remedy =
    names.length === 0 ? 'name it in the fleet file' : `use one of ${names.join(', ')}`;
  return [{ path, message, remedy }];
}

function checkCommand(fleet: Fleet, { command }: Step, path: Path): readonly FleetProblem[] {
  if (command === undefined) return [];
  const problem = commandProblem(command, Object.keys(fleet.applications));
  return problem === undefined ? [] : [{ path, ...problem }];
}

function checkAnswer(fleet: Fleet, { answer }: Expectation, path: Path): readonly FleetProblem[] {
  const application = fleet.applications[answer?.app ?? ''];
  if (application === undefined || application.traffic !== undefined) return [];
  const message = `${answer?.app ?? ''} has no record in the DNS`;
  return [{ path, message, remedy: 'add traffic to it in the fleet file, or expect active' }];
}

/** Keys under which regions stand, and where `is` means one. */
const regionKeys = ['region', 'to', 'resolver'];
const regionSubjects = ['answer', 'active'];

function namesIn(fleet: Fleet, entry: object, path: Path): readonly FleetProblem[] {
  return Object.entries(entry).flatMap(([kind, value]: [string, unknown]) => {
    if (typeof value !== 'object' || value === null) return [];
    const named = value as Readonly<Record<string, unknown>>;
    const keys = regionSubjects.includes(kind) ? [...regionKeys, 'is'] : regionKeys;
    const regions = keys.flatMap((key) => regionProblem(fleet, named[key], [...path, kind, key]));
    return [...regions, ...appProblems(fleet, named, [...path, kind])];
  });
}

function regionProblem(fleet: Fleet, region: unknown, path: Path): readonly FleetProblem[] {
  const known = Object.keys(fleet.regions);
  if (typeof region !== 'string' || region === 'internet' || known.includes(region)) return [];
  const message = `${region} is not a region of the fleet ${fleet.name}`;
  return [{ path, message, remedy: `use one of ${known.join(', ')}` }];
}

function appProblems(
  fleet: Fleet,
  { app, service, region }: Readonly<Record<string, unknown>>,
  path: Path,
): readonly FleetProblem[] {
  if (typeof app !== 'string') return [];
  const application = fleet.applications[app];
  if (application === undefined) {
    const remedy = `use one of ${Object.keys(fleet.applications).join(', ')}`;
    return [{ path: [...path, 'app'], message: `the fleet has no application ${app}`, remedy }];
  }
  const services = Object.keys(application.services);
  if (typeof service === 'string' && !services.includes(service)) {
    const message = `${app} has no service ${service}`;
    return [{ path: [...path, 'service'], message, remedy: `use one of ${services.join(', ')}` }];
  }
  const places = [...application.regions, application.home];
  const runsThere = typeof region !== 'string' || places.includes(region);
  if (runsThere || ['decision', 'notice'].includes(String(path.at(-1)))) return [];
  const message = `${app} does not run in ${region}`;
  return [{ path: [...path, 'region'], message, remedy: `use one of ${places.join(', ')}` }];
}
