import path from 'node:path';
import { formatDuration } from '../core/contract/format-duration.ts';
import type { Scenario } from './scenario.ts';

/** Keys whose values are durations, in ms once they are parsed. */
const durations = ['at', 'for', 'within', 'after', 'until', 'delay', 'ahead', 'behind'];

/**
 * A parsed scenario in the form in which it stands in a file. It names its fleet from where the
 * file stands, so that the two can be taken elsewhere together.
 */
export function writableScenario(
  scenario: Scenario,
  { file, fleetFile }: { readonly file: string; readonly fleetFile: string },
): object {
  return { ...(written(scenario) as object), fleet: path.relative(path.dirname(file), fleetFile) };
}

function written(value: unknown, key = ''): unknown {
  if (typeof value === 'number' && durations.includes(key)) return formatDuration(value);
  if (Array.isArray(value)) return value.map((item) => written(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, written(member, name)]),
  );
}
