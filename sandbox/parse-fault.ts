import type { FaultSpec } from './faults.ts';

/** A fault as a person or the console writes it; throws with what to write instead. */
export function parseFault(
  body: Readonly<Record<string, unknown>>,
  regions: readonly string[],
): FaultSpec {
  const text = (name: string): string => {
    const value = body[name];
    if (typeof value === 'string' && value !== '') return value;
    throw new RangeError(`A fault of kind ${String(body['kind'])} needs "${name}".`);
  };
  const place = (name: string): string => {
    const value = text(name);
    if (regions.includes(value) || value === 'internet') return value;
    throw new RangeError(`There is no region ${value}; use one of ${regions.join(', ')}.`);
  };
  const [service, operation] =
    typeof body['service'] === 'string' ? body['service'].split('/') : [];
  const rate = body['rate'];
  const match = {
    region: place('region'),
    ...(service !== undefined && { service: service.toLowerCase() }),
    ...(operation !== undefined && { operation }),
    ...(rate !== undefined && { rate: share(rate) }),
  };
  const events = {
    region: match.region,
    ...(typeof body['source'] === 'string' && { source: body['source'] }),
    ...(match.rate !== undefined && { rate: match.rate }),
  };
  const { kind } = body;
  switch (kind) {
    case 'region-down':
    case 'no-capacity':
      return { kind, region: match.region };
    case 'control-plane-down':
      return { kind, region: match.region, ...(service !== undefined && { service }) };
    case 'link-cut':
      return { kind, region: match.region, to: place('to'), oneWay: body['oneWay'] === true };
    case 'api-throttle':
    case 'api-error':
    case 'lost-response':
      return { kind, ...match };
    case 'latency':
      return { kind, ...match, ms: milliseconds(kind, body['ms']) };
    case 'event-drop':
    case 'event-duplicate':
      return { kind, ...events };
    case 'event-delay':
      return { kind, ...events, ms: milliseconds(kind, body['ms']) };
    case 'metric-gap': {
      const { namespace } = body;
      return { kind, region: match.region, ...(typeof namespace === 'string' && { namespace }) };
    }
    default:
      throw new RangeError(
        rehearsedOnly[String(kind)] ??
          `There is no fault ${String(kind)}; use ${liveFaults.join(', ')}.`,
      );
  }
}

/** Faults that can be added while the local cloud runs on a real clock. */
const liveFaults = [
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

function share(value: unknown): number {
  if (typeof value === 'number' && value > 0 && value <= 1) return value;
  throw new RangeError('"rate" is the share that is hit: a number above 0 and at most 1.');
}
