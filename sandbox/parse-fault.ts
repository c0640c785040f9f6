import type { FaultSpec } from './faults.ts';

/** A fault as a person or the console writes it; throws with what to write instead. */
export function parseFault(
  body: Readonly<Record<string, unknown>>,
  regions: readonly string[],
): FaultSpec {
  const kind = String(body['kind']);
  const known = liveFaults.find((one) => one === kind);
  if (known === undefined) {
    const unknown = `There is no fault ${kind}; use ${liveFaults.join(', ')}.`;
    throw new RangeError(rehearsedOnly[kind] ?? unknown);
  }
  const place = (name: string): string => {
    const value = body[name];
    if (typeof value !== 'string' || value === '') {
      throw new RangeError(`A fault of kind ${kind} needs "${name}".`);
    }
    if (regions.includes(value) || value === 'internet') return value;
    throw new RangeError(`There is no region ${value}; use one of ${regions.join(', ')}.`);
  };
  const region = place('region');
  const { ms, rate } = body;
  const share = shareOf(rate);
  const text = (name: string): object => {
    const value = body[name];
    return typeof value === 'string' ? { [name]: value } : {};
  };
  const [service, operation] = callOf(body['service']);
  const calls = { region, ...service, ...operation, ...share };
  const events = { region, ...text('source'), ...share };
  switch (known) {
    case 'region-down':
    case 'no-capacity':
      return { kind: known, region };
    case 'control-plane-down':
      return { kind: known, region, ...service };
    case 'link-cut':
      return { kind: known, region, to: place('to'), oneWay: body['oneWay'] === true };
    case 'api-throttle':
    case 'api-error':
    case 'lost-response':
      return { kind: known, ...calls };
    case 'latency':
      return { kind: known, ...calls, ms: milliseconds(kind, ms) };
    case 'event-drop':
    case 'event-duplicate':
      return { kind: known, ...events };
    case 'event-delay':
      return { kind: known, ...events, ms: milliseconds(kind, ms) };
    case 'metric-gap':
      return { kind: known, region, ...text('namespace') };
  }
}

/** A service, or one of its operations as `ecs/UpdateService`. */
function callOf(text: unknown) {
  const [service, operation] = typeof text === 'string' ? text.split('/') : [];
  return [
    service === undefined ? {} : { service: service.toLowerCase() },
    operation === undefined ? {} : { operation },
  ] as const;
}

/** Faults that can be added while the local cloud runs on a real clock. */
export const liveFaults = [
  'region-down',
  'control-plane-down',
  'link-cut',
  'api-throttle',
  'api-error',
  'latency',
  'lost-response',
  'event-drop',
  'event-duplicate',
  'event-delay',
  'metric-gap',
  'no-capacity',
] as const satisfies readonly FaultSpec['kind'][];

const inRehearsal = 'Write it as a fault step of a scenario: docs/rehearsals.md';

/** What only a rehearsal can do, and why. */
const rehearsedOnly: Readonly<Record<string, string>> = {
  'function-kill':
    'There is no function-kill on a real clock: functions of the local cloud run in threads, ' +
    `which end between any two instructions, not after a call that you name. ${inRehearsal}.`,
  'function-freeze':
    'There is no function-freeze on a real clock: a thread cannot be held after a call that you ' +
    `name while its own clock stands still. ${inRehearsal}.`,
  'clock-skew':
    'There is no clock-skew on a real clock: all functions of the local cloud read the clock of ' +
    `this machine. ${inRehearsal}.`,
};

function milliseconds(kind: string, value: unknown): number {
  if (typeof value === 'number' && value >= 0) return value;
  throw new RangeError(`A fault of kind ${kind} needs "ms", a number of 0 or more.`);
}

function shareOf(value: unknown): { readonly rate?: number } {
  if (value === undefined) return {};
  if (typeof value === 'number' && value > 0 && value <= 1) return { rate: value };
  throw new RangeError('"rate" is the share that is hit: a number above 0 and at most 1.');
}
