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
    ...(typeof rate === 'number' && { rate }),
  };
  const { kind } = body;
  switch (kind) {
    case 'region-down':
      return { kind, region: match.region };
    case 'control-plane-down':
      return { kind, region: match.region, ...(service !== undefined && { service }) };
    case 'link-cut':
      return { kind, region: match.region, to: place('to'), oneWay: body['oneWay'] === true };
    case 'api-throttle':
    case 'lost-response':
      return { kind, ...match };
    case 'latency':
      return { kind, ...match, ms: milliseconds(body['ms']) };
    default:
      throw new RangeError(
        `There is no fault ${String(kind)}; use region-down, control-plane-down, link-cut, ` +
          'api-throttle, latency or lost-response.',
      );
  }
}

function milliseconds(value: unknown): number {
  if (typeof value === 'number' && value >= 0) return value;
  throw new RangeError('A fault of kind latency needs "ms", a number of 0 or more.');
}
