import type { FleetProblem } from '../core/contract/fleet-problem.ts';
import type { Fleet } from '../core/contract/fleet.ts';
import { problemsOf } from '../core/contract/schema-problems.ts';
import { checkScenario } from './check-scenario.ts';
import { type Scenario, scenarioSchema } from './scenario.ts';

export type ParsedScenario =
  | { readonly ok: true; readonly scenario: Scenario }
  | { readonly ok: false; readonly problems: readonly FleetProblem[] };

/** Parses what a scenario file says; the fleet is looked at only by `checkAgainstFleet`. */
export function parseScenario(value: unknown): ParsedScenario {
  const parsed = scenarioSchema.safeParse(value);
  if (!parsed.success) {
    return { ok: false, problems: problemsOf(parsed.error.issues, value, scenarioSchema) };
  }
  const problems = checkScenario(parsed.data);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, scenario: parsed.data };
}

/** Names that the fleet does not have. */
export function checkAgainstFleet(scenario: Scenario, fleet: Fleet): readonly FleetProblem[] {
  return [
    ...scenario.steps.flatMap((step, index) => namesIn(fleet, step, ['steps', index])),
    ...scenario.expect.flatMap((found, index) => namesIn(fleet, found, ['expect', index])),
  ];
}

type Path = FleetProblem['path'];

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
