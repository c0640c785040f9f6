import type { FleetProblem } from '../core/contract/fleet-problem.ts';
import { problemsOf } from '../core/contract/schema-problems.ts';
import { checkScenario } from './check-scenario.ts';
import { type Scenario, scenarioSchema } from './scenario.ts';

export type ParsedScenario =
  | { readonly ok: true; readonly scenario: Scenario }
  | { readonly ok: false; readonly problems: readonly FleetProblem[] };

/** Parses what a scenario file says; `checkAgainstFleet` looks at the fleet. */
export function parseScenario(value: unknown): ParsedScenario {
  const parsed = scenarioSchema.safeParse(value);
  if (!parsed.success) {
    return { ok: false, problems: problemsOf(parsed.error.issues, value, scenarioSchema) };
  }
  const problems = checkScenario(parsed.data);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, scenario: parsed.data };
}
