import type { FaultSpec } from '../sandbox/faults.ts';
import type { FaultStep } from './scenario-steps.ts';

type Makers = {
  readonly [Kind in FaultSpec['kind']]: (step: FaultStep) => Extract<FaultSpec, { kind: Kind }>;
};

/** A fault of a scenario as the local cloud takes it; the parser saw to what each kind needs. */
export function faultSpec(step: FaultStep): FaultSpec {
  return makers[step.kind](step);
}

const makers: Makers = {
  'region-down': ({ region }) => ({ kind: 'region-down', region }),
  'no-capacity': ({ region }) => ({ kind: 'no-capacity', region }),
  'control-plane-down': ({ region, service }) => ({
    kind: 'control-plane-down',
    region,
    ...given({ service: service?.toLowerCase() }),
  }),
  'link-cut': ({ region, to = '', oneWay = false }) => ({ kind: 'link-cut', region, to, oneWay }),
  'api-throttle': (step) => ({ kind: 'api-throttle', ...callsOf(step) }),
  'api-error': (step) => ({ kind: 'api-error', ...callsOf(step) }),
  'lost-response': (step) => ({ kind: 'lost-response', ...callsOf(step) }),
  latency: (step) => ({ kind: 'latency', ...callsOf(step), ms: step.delay ?? 0 }),
  'event-drop': (step) => ({ kind: 'event-drop', ...eventsOf(step) }),
  'event-duplicate': (step) => ({ kind: 'event-duplicate', ...eventsOf(step) }),
  'event-delay': (step) => ({ kind: 'event-delay', ...eventsOf(step), ms: step.delay ?? 0 }),
  'function-kill': (step) => ({ kind: 'function-kill', ...functionsOf(step) }),
  'function-freeze': (step) => ({
    kind: 'function-freeze',
    ...functionsOf(step),
    ms: step.delay ?? 0,
  }),
  'clock-skew': ({ region, ahead = 0, behind = 0, ...step }) => ({
    kind: 'clock-skew',
    region,
    ...given({ function: step.function }),
    ms: ahead - behind,
  }),
  'metric-gap': ({ region, namespace }) => ({
    kind: 'metric-gap',
    region,
    ...given({ namespace }),
  }),
};

function callsOf({ region, service, operation, rate }: FaultStep) {
  return { region, ...given({ service: service?.toLowerCase(), operation, rate }) };
}

function eventsOf({ region, source, rate }: FaultStep) {
  return { region, ...given({ source, rate }) };
}

function functionsOf(step: FaultStep) {
  return { ...callsOf(step), ...given({ function: step.function }) };
}

/** Only what has a value: a fault with an empty member would match nothing. */
function given<Members extends object>(members: Members) {
  const found = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(found) as { [Key in keyof Members]?: NonNullable<Members[Key]> };
}
