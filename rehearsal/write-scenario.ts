import { formatDuration } from '../core/contract/format-duration.ts';
import type { Scenario } from './scenario.ts';

/** Keys whose values are durations, in ms once they are parsed. */
const durations = ['at', 'for', 'within', 'after', 'until', 'delay', 'ahead', 'behind'];

/** A parsed scenario in the form in which it stands in a file, with this fleet file. */
export function writableScenario(scenario: Scenario, fleet: string): object {
  return { ...(written(scenario) as object), fleet };
}

function written(value: unknown, key = ''): unknown {
  if (typeof value === 'number' && durations.includes(key)) return formatDuration(value);
  if (Array.isArray(value)) return value.map((item) => written(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, written(member, name)]),
  );
}
