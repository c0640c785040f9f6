import type { Application, Fleet } from '../core/contract/fleet.ts';
import { Random } from '../sandbox/random.ts';
import { type Scenario, scenarioSchema } from './scenario.ts';

/** The end of all that goes wrong, and how long the fleet then has to come to rest; seconds. */
const CHAOS_S = 900;
const REST_S = 1_500;
const STEPS_MIN = 3;
const STEPS_SPREAD = 8;

/**
 * A scenario from a seed: things happen and fail at random, then everything heals. At each moment
 * the invariants hold; in the end everything is at rest. With an odd seed the region that serves
 * at the start fails for good once the rest is well, and traffic must follow.
 */
export function randomScenario(fleet: Fleet, seed: number): Scenario {
  const random = new Random(seed);
  const count = STEPS_MIN + random.integer(STEPS_SPREAD);
  const steps = Array.from({ length: count }, () => randomStep(fleet, random));
  const heal = { at: `${CHAOS_S}s`, heal: 'all' };
  const sorted = steps.sort((one, other) => seconds(one) - seconds(other));
  const lasting = seed % 2 === 0 ? [] : [lastingFault(fleet, random)];
  const value = {
    version: 1,
    proves: `Whatever chance ${seed} brings, the invariants hold and everything comes to rest.`,
    fleet: 'fleet.yaml',
    seed,
    for: `${CHAOS_S + REST_S + (lasting.length > 0 ? REST_S : 0)}s`,
    steps: [...sorted, heal, ...lasting],
    expect: [
      { always: true, invariants: 'hold' },
      { at: `${CHAOS_S + REST_S}s`, everything: 'at-rest' },
      ...(lasting.length > 0 ? lastingExpectations(fleet) : []),
    ],
  };
  return scenarioSchema.parse(value);
}

/** A step as it is written in a file. */
type WrittenStep = { readonly at: string } & Readonly<Record<string, unknown>>;

const seconds = ({ at }: WrittenStep): number => Number(at.replace('s', ''));

function randomStep(fleet: Fleet, random: Random): WrittenStep {
  const at = `${10 + random.integer(CHAOS_S - 60)}s`;
  const [app, application] = pick(random, Object.entries(fleet.applications));
  const region = pick(random, application.regions);
  const roll = random.integer(10);
  if (roll < 2) return { at, push: randomPush(random, app, application) };
  if (roll < 3) return { at, load: { app, region, cpu: random.integer(100) } };
  if (roll < 4) {
    const { min, max } = pick(random, Object.values(application.services));
    return { at, setDesired: { app, region, count: min + random.integer(max - min + 1) } };
  }
  if (roll < 5 && application.failover !== undefined) {
    const verb = pick(random, ['run', 'back', 'run', 'hold', 'release']);
    const time = verb === 'hold' ? ' --for 5m' : '';
    return { at, command: `failover ${verb} ${app}${time}` };
  }
  return { at, fault: { ...randomFault(fleet, random), for: `${20 + random.integer(280)}s` } };
}

function randomPush(random: Random, app: string, { image }: Application): object {
  const number = random.integer(9);
  const tag = 'semver' in image.tags ? `1.${number}.0` : `main-abcdef${number}-${number}`;
  return { app, tag, crashes: random.integer(4) === 0 };
}

function randomFault(fleet: Fleet, random: Random): object {
  const regions = Object.keys(fleet.regions);
  const region = pick(random, regions);
  const to = pick(random, [...regions.filter((other) => other !== region), 'internet']);
  const service = pick(random, ['ecs', 'ecr', 'dynamodb', 's3', 'sqs', 'sns', 'cloudwatch']);
  const name = pick(random, ['fail-over-region', 'roll-out-image', 'scale-service', 'sweep']);
  const rate = (1 + random.integer(5)) / 10;
  const delay = `${1 + random.integer(180)}s`;
  return pick(random, [
    { kind: 'region-down', region },
    { kind: 'region-down', region },
    { kind: 'control-plane-down', region, service },
    { kind: 'link-cut', region, to, oneWay: random.integer(2) === 0 },
    { kind: 'api-throttle', region, service, rate },
    { kind: 'api-error', region, service, rate },
    { kind: 'lost-response', region, service, rate },
    { kind: 'latency', region, service, delay: '1s' },
    { kind: 'event-drop', region, rate },
    { kind: 'event-duplicate', region, rate },
    { kind: 'event-delay', region, delay },
    { kind: 'function-kill', region, rate: rate / 5 },
    { kind: 'function-kill', region, function: name, rate },
    { kind: 'function-freeze', region, function: name, delay, rate: rate / 5 },
    { kind: 'clock-skew', region, [pick(random, ['ahead', 'behind'])]: '2s' },
    { kind: 'metric-gap', region },
    { kind: 'no-capacity', region },
  ]);
}

/** After everything came to rest, a region goes for good. */
function lastingFault(fleet: Fleet, random: Random): WrittenStep {
  const [, application] = pick(random, Object.entries(fleet.applications));
  const region = application.regions[0] ?? '';
  return { at: `${CHAOS_S + REST_S + 60}s`, fault: { kind: 'region-down', region } };
}

/** No tasks, images or answers are lost with a region: DNS leaves it by itself at the latest. */
function lastingExpectations(fleet: Fleet): readonly object[] {
  return Object.entries(fleet.applications).flatMap(([app, { regions, traffic }]) => {
    const [primary, standby] = regions;
    if (traffic === undefined || primary === undefined || standby === undefined) return [];
    return [{ within: '10m', after: `${CHAOS_S + REST_S + 60}s`, answer: { app, is: standby } }];
  });
}

function pick<Item>(random: Random, items: readonly Item[]): Item {
  const item = items[random.integer(items.length)];
  if (item === undefined) throw new Error('there is nothing to choose from');
  return item;
}
