import type { Fleet } from '../core/contract/fleet.ts';
import { at, Draw, type WrittenStep } from './random-draw.ts';
import { randomSituation } from './random-situations.ts';
import { modeOf, type SoakMode } from './soak-modes.ts';
import { type Scenario, scenarioSchema } from './scenario.ts';

/** How long things go wrong at random, in seconds. */
const CHAOS_S: Readonly<Record<SoakMode, number>> = { safety: 600, liveness: 360 };

/** Every rollout that was begun has ended after this time, in seconds. */
const REST_S = 1_500;

/** People are told of what stands still this long after its deadline, in seconds. */
const TOLD_S = 600;

/** The last push comes so long before or after the fault that lasts, in seconds. */
const PUSHED_NEAR_S = 90;

const SITUATIONS_MIN = 2;
const SITUATIONS_MAX = 4;

/**
 * A scenario from a seed. Things happen and fail at random, then everything heals. In safety mode
 * all must come to rest; in liveness mode one region is broken for good, and what is left must do
 * what it still can.
 */
export function randomScenario(fleet: Fleet, seed: number, mode = modeOf(seed)): Scenario {
  const draw = new Draw(fleet, seed);
  const chaosS = CHAOS_S[mode];
  const count = draw.whole(SITUATIONS_MIN, SITUATIONS_MAX);
  const steps = Array.from({ length: count }, () => {
    return randomSituation(draw, draw.whole(10, chaosS - 120));
  }).flat();
  const chaos = steps.filter((step) => seconds(step) < chaosS);
  const lasting = mode === 'safety' ? [] : lastingFaults(draw, chaosS);
  const restS = mode === 'safety' ? REST_S : progressS(fleet);
  return scenarioSchema.parse({
    version: 1,
    proves: proves[mode].replace('SEED', String(seed)),
    fleet: 'fleet.yaml',
    seed,
    for: at(chaosS + restS),
    steps: [...chaos, { at: at(chaosS), heal: 'all' }, ...lasting].sort(
      (one, other) => seconds(one) - seconds(other),
    ),
    expect: [
      { always: true, invariants: 'hold' },
      { atEnd: true, everything: mode === 'safety' ? 'at-rest' : 'as-well-as-can-be' },
    ],
  });
}

const proves: Readonly<Record<SoakMode, string>> = {
  safety: 'Whatever chance SEED brings, the invariants hold and everything comes to rest.',
  liveness: 'Whatever chance SEED brings, and with a region gone, the others do all they can.',
};

const seconds = ({ at: time }: WrittenStep): number => Number(time.replace('s', ''));

/** After this time each deadline of the fleet file has passed, so that people must know. */
function progressS({ applications }: Fleet): number {
  const deadlines = Object.values(applications).map(({ rollout, replication }) => {
    return Math.max(rollout.deadline + rollout.bake, replication.deadline) / 1_000;
  });
  return Math.max(...deadlines) + TOLD_S;
}

/**
 * One region is broken for good, in one of many ways. The others are a healthy core: a majority of
 * the journal, observers, and for each application a region with room.
 */
function lastingFaults(draw: Draw, second: number): readonly WrittenStep[] {
  // A region that serves or stands by is missed more than one that only looks on.
  const region = draw.pick([draw.region(), draw.pick(draw.application().of.regions)]);
  const others = Object.keys(draw.fleet.regions).filter((other) => other !== region);
  const away = others.map((to) => ({ kind: 'link-cut', region, to }));
  const faults = draw.pick([
    [{ kind: 'region-down', region }],
    [{ kind: 'link-cut', region, to: 'internet' }],
    [...away, { kind: 'link-cut', region, to: 'internet' }],
    [...away.map((cut) => ({ ...cut, oneWay: true }))],
    [{ kind: 'function-kill', region }],
    [{ kind: 'control-plane-down', region, service: draw.pick(['ecs', 'ecr', 'sns']) }],
    [{ kind: 'no-capacity', region }],
    [{ kind: 'event-drop', region }],
    [{ kind: 'metric-gap', region }],
  ]);
  return [
    ...faults.map((fault) => ({ at: at(second), fault })),
    ...lastPush(draw, second + draw.whole(-PUSHED_NEAR_S, PUSHED_NEAR_S)),
  ];
}

/** What is on its way when a region goes must reach the others, or people must know. */
function lastPush(draw: Draw, second: number): readonly WrittenStep[] {
  const { app, of } = draw.application();
  const tag = 'semver' in of.image.tags ? '2.0.0' : 'main-abcdef9-9999';
  return [{ at: at(second), push: { app, tag } }];
}
