import { at, type Draw, type WrittenStep } from './random-draw.ts';
import { eventFault, functionFault, randomFault } from './random-faults.ts';

/** Something that happens to a fleet, begun at a second: several steps that belong together. */
type Situation = (draw: Draw, second: number) => readonly WrittenStep[];

/** Steps of one situation, the interesting ones more often than chance would have them. */
export function randomSituation(draw: Draw, second: number): readonly WrittenStep[] {
  return draw.pick(situations)(draw, second);
}

const fault: Situation = (draw, second) => [{ at: at(second), fault: randomFault(draw) }];

const push: Situation = (draw, second) => {
  const { app, of } = draw.application();
  const version = (number: number): string =>
    'semver' in of.image.tags ? `1.${number}.0` : `main-abcdef${number}-${number}`;
  const number = draw.whole(0, 8);
  const first = { app, tag: version(number), crashes: draw.chance(2) };
  const later = second + draw.whole(20, 200);
  const next = draw.pick([
    [],
    [],
    [{ at: at(later), push: { app, tag: version(number + draw.whole(0, 1)), content: 'again' } }],
    [{ at: at(later), deletePush: { app, region: draw.pick(of.regions), tag: first.tag } }],
    [{ at: at(later), command: `rollout roll-back ${app}` }],
  ]);
  return [{ at: at(second), push: first }, ...next];
};

const load: Situation = (draw, second) => {
  const { app, of } = draw.application();
  const where = { app, region: draw.pick(of.regions) };
  const end = second + draw.whole(120, 400);
  const calm = draw.chance(5) ? { ...where, cpu: draw.whole(0, 40) } : where;
  return [
    { at: at(second), load: { ...where, cpu: draw.whole(40, 100) } },
    { at: at(end), load: calm },
  ];
};

const handChange: Situation = (draw, second) => {
  const { app, of } = draw.application();
  const { max } = draw.pick(Object.values(of.services));
  const count = draw.whole(0, max + 1);
  return [{ at: at(second), setDesired: { app, region: draw.pick(of.regions), count } }];
};

const operator: Situation = (draw, second) => {
  const { app } = draw.application();
  const force = draw.chance(4) ? ' --force' : '';
  const moves = [`failover run ${app}${force}`, `failover back ${app}${force}`];
  const hold = `failover hold ${app}${draw.chance(5) ? ' --for 4m' : ''}`;
  const later = second + draw.whole(5, 200);
  return draw.pick([
    [{ at: at(second), command: draw.pick(moves) }],
    [
      { at: at(second), command: draw.pick(moves) },
      { at: at(later), command: draw.pick(moves) },
    ],
    [
      { at: at(second), command: hold },
      { at: at(later), command: draw.pick([...moves, `failover release ${app}`]) },
    ],
  ]);
};

/** One of the user's own alarms, such as that on a backlog or on what users feel, goes bad. */
const ownAlarm: Situation = (draw, second) => {
  const { of } = draw.application();
  const own = Object.values(of.scaling).flatMap(({ alarm }) => alarm ?? []);
  const alarms = [...own, ...(of.failover?.sloAlarm === undefined ? [] : [of.failover.sloAlarm])];
  if (alarms.length === 0) return load(draw, second);
  const where = { region: draw.pick(of.regions), alarm: draw.pick(alarms) };
  const end = second + draw.whole(100, 400);
  return [
    { at: at(second), metric: { ...where, isBad: true } },
    { at: at(end), metric: { ...where, isBad: false } },
  ];
};

/** The region that serves an application at the beginning fails, for a while. */
function outage(draw: Draw, second: number, app = draw.application()) {
  const [region = ''] = app.of.regions;
  const lasts = draw.whole(60, 420);
  const step = { at: at(second), fault: { kind: 'region-down', region, for: at(lasts) } };
  return { ...app, region, end: second + lasts, steps: [step] };
}

const outageAlone: Situation = (draw, second) => outage(draw, second).steps;

const flapping: Situation = (draw, second) => {
  const { app, of } = draw.application();
  const region = draw.pick(of.regions);
  const [down, up] = [draw.whole(20, 90), draw.whole(20, 90)];
  const steps = Array.from({ length: draw.whole(2, 5) }, (_, turn) => ({
    at: at(second + turn * (down + up)),
    fault: { kind: 'region-down', region, for: at(down) },
  }));
  return draw.chance(3) ? [...steps, { at: at(second), command: `failover hold ${app}` }] : steps;
};

/** Traffic leaves, and then the region that took over fails too or is left by hand. */
const doubleFlip: Situation = (draw, second) => {
  const { app, of, end, steps } = outage(draw, second);
  const next = end + draw.whole(5, 60);
  const [, standby = ''] = of.regions;
  const fails = { kind: 'region-down', region: standby, for: draw.seconds(100, 300) };
  return [
    ...steps,
    { at: at(next), fault: fails },
    ...(draw.chance(6)
      ? [{ at: at(next + draw.whole(1, 60)), command: `failover back ${app} --force` }]
      : []),
  ];
};

const pushDuringOutage: Situation = (draw, second) => {
  const { end, steps } = outage(draw, second);
  return [
    ...push(draw, Math.max(0, second - 60)),
    ...steps,
    ...load(draw, second),
    ...push(draw, end),
  ];
};

/** A hold is set, and then comes what automation would act on. */
const holdDuringOutage: Situation = (draw, second) => {
  const { app, steps } = outage(draw, second);
  const before = at(Math.max(1, second - draw.whole(1, 30)));
  return [{ at: before, command: `failover hold ${app}` }, ...steps];
};

const observerCut: Situation = (draw, second) => {
  const observer = draw.region();
  const lasts = draw.seconds(60, 400);
  const others = Object.keys(draw.fleet.regions).filter((region) => region !== observer);
  const ends = draw.chance(4) ? [...others, 'internet'] : [draw.otherEnd(observer)];
  const oneWay = draw.chance(4);
  return ends.map((to) => ({
    at: at(second),
    fault: { kind: 'link-cut', region: observer, to, oneWay, for: lasts },
  }));
};

/** The data of the standby lags when it is needed. */
const staleStandby: Situation = (draw, second) => {
  const { of, end, steps } = outage(draw, second);
  const [, region = ''] = of.regions;
  const alarms = (of.failover?.data ?? []).flatMap((step) => ('alarm' in step ? [step.alarm] : []));
  if (alarms.length === 0) return staleStandby(draw, second);
  const early = at(Math.max(1, second - draw.whole(30, 100)));
  return [
    ...alarms.map((alarm) => ({ at: early, metric: { region, alarm, isBad: true } })),
    ...steps,
    ...alarms.map((alarm) => ({ at: at(end), metric: { region, alarm, isBad: false } })),
  ];
};

/** The standby has too few tasks when it is needed, and for a while no room for more. */
const emptyStandby: Situation = (draw, second) => {
  const { app, of, steps } = outage(draw, second);
  const [, region = ''] = of.regions;
  const early = Math.max(1, second - draw.whole(20, 120));
  const full = Math.max(...Object.values(of.services).map(({ min }) => min));
  const lasts = draw.whole(60, 400);
  return [
    { at: at(early), fault: { kind: 'no-capacity', region, for: at(lasts) } },
    { at: at(early), setDesired: { app, region, count: draw.whole(0, 1) } },
    // Wanted again, so that the tasks are missed and no move needs to ask for them.
    ...(draw.chance(5) ? [{ at: at(early + 10), setDesired: { app, region, count: full } }] : []),
    ...draw.pick([[], push(draw, Math.max(1, second - 40)), load(draw, early)]),
    ...steps,
  ];
};

/** The journal loses its majority while the region that serves is down. */
const journalLost: Situation = (draw, second) => {
  const { region, steps } = outage(draw, second);
  const [one = '', other = ''] = Object.keys(draw.fleet.regions).filter((name) => name !== region);
  const lasts = draw.seconds(30, 300);
  const lost = draw.pick([
    { kind: 'link-cut', region: one, to: other, for: lasts },
    { kind: 'api-error', region: one, service: 'dynamodb', rate: 0.8, for: lasts },
  ]);
  return [...steps, { at: at(second + draw.whole(0, 100)), fault: lost }];
};

/** Events and functions fail around something that they are about. */
const brokenDelivery: Situation = (draw, second) => {
  const { of } = draw.application();
  const region = draw.pick([...of.regions, of.home]);
  const lasts = draw.seconds(100, 400);
  const make = draw.pick([eventFault, functionFault, functionFault]);
  const about = draw.pick([push, load, outageAlone, operator]);
  return [
    { at: at(second), fault: { ...make(draw, region), for: lasts } },
    ...about(draw, second + draw.whole(1, 40)),
  ];
};

const situations: readonly Situation[] = [
  fault,
  fault,
  push,
  push,
  load,
  load,
  ownAlarm,
  handChange,
  operator,
  operator,
  outageAlone,
  flapping,
  doubleFlip,
  doubleFlip,
  pushDuringOutage,
  holdDuringOutage,
  holdDuringOutage,
  observerCut,
  staleStandby,
  staleStandby,
  emptyStandby,
  emptyStandby,
  emptyStandby,
  journalLost,
  brokenDelivery,
  brokenDelivery,
];
