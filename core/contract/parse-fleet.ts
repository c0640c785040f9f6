import { type Fleet, fleetSchema } from './fleet.ts';
import type { FleetProblem } from './fleet-problem.ts';
import { checkFleet } from './fleet-rules.ts';
import { problemsOf } from './schema-problems.ts';

export type { FleetProblem } from './fleet-problem.ts';

export type ParsedFleet =
  | { readonly ok: true; readonly fleet: Fleet }
  | { readonly ok: false; readonly problems: readonly FleetProblem[] };

/** Parses what a fleet file says, with every problem found and what to do about each. */
export function parseFleet(value: unknown): ParsedFleet {
  const parsed = fleetSchema.safeParse(value);
  if (!parsed.success) return { ok: false, problems: problemsOf(parsed.error.issues, value) };
  const problems = checkFleet(parsed.data);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, fleet: parsed.data };
}
