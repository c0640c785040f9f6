import { atRest, type Invariants, progress, unrestOf } from './invariants.ts';
import type { Expectation } from './scenario-expectations.ts';
import { pushedKey, type StepMemory } from './take-step.ts';
import type { Timeline } from './timeline.ts';
import type { WorldView } from './world-view.ts';

/** What is looked at, and since when things count. */
export interface Sight {
  readonly view: WorldView;
  readonly timeline: Timeline;
  readonly memory: StepMemory;
  readonly resolvers: ResolverCaches;
  readonly invariants: Invariants;
}

/** Whether an expectation holds now, and what there was to see. */
export interface Seen {
  readonly holds: boolean;
  readonly text: string;
}

interface Amount {
  readonly is?: number | undefined;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/** Looks at the one subject of an expectation. */
export function observeSubject(sight: Sight, expected: Expectation): Seen {
  const { view } = sight;
  const { answer, active, epoch, desired, running, healthy, digest, image } = expected;
  if (answer !== undefined) return sameRegion(sight.resolvers.ask(view, answer), answer.is);
  if (active !== undefined) return sameRegion(view.failover(active.app).active, active.is);
  if (epoch !== undefined) return compared(view.failover(epoch.app).epoch, epoch);
  if (desired !== undefined) {
    const { app, region, service } = desired;
    return compared(view.ecsService(app, region, service).desiredCount, desired);
  }
  const counted = running ?? healthy;
  if (counted !== undefined) {
    const tasks = view.tasks(counted.app, counted.region, counted.service);
    const good = running === undefined ? tasks.filter(({ isHealthy }) => isHealthy) : tasks;
    return compared(good.length, counted);
  }
  if (digest !== undefined) return sameDigest(sight, digest);
  if (image !== undefined) {
    const isThere = view.tagged(image.app, image.region, image.tag) !== undefined;
    return { holds: isThere === image.isThere, text: isThere ? 'it is there' : 'it is missing' };
  }
  const { invariants, everything } = expected;
  const isWhole = invariants !== undefined || everything !== undefined;
  return isWhole ? observeWhole(sight, expected) : observeCount(sight, expected);
}

function observeWhole({ view, invariants }: Sight, { everything }: Expectation): Seen {
  const promises = everything === 'at-rest' ? atRest : progress;
  const problem = everything === undefined ? invariants.violation : unrestOf(view, promises);
  return { holds: problem === undefined, text: problem ?? 'all is well' };
}

function observeCount(sight: Sight, expected: Expectation): Seen {
  const { view, timeline } = sight;
  const { startMs } = view.cloud;
  const { decision, notice, calls, deadLetters, after = 0 } = expected;
  const fromMs = startMs + after;
  if (decision !== undefined) {
    const found = view.records().filter((record) => {
      const { loop, region, atMs } = record;
      const { app, action, reason } = record.decision;
      return (
        atMs >= fromMs &&
        matches(decision.app, app) &&
        matches(decision.loop, loop) &&
        matches(decision.action, action) &&
        matches(decision.reason, reason.code) &&
        matches(decision.region, region)
      );
    });
    return compared(found.length, atLeastOne(decision));
  }
  if (notice !== undefined) {
    const found = view.notices().filter(({ attributes, subject = '', atMs }) => {
      const isOfApp = notice.app === undefined || wordsOf(subject).includes(notice.app);
      return atMs >= fromMs && attributes['kind'] === notice.kind && isOfApp;
    });
    return compared(found.length, atLeastOne(notice));
  }
  if (calls !== undefined) {
    return compared(timeline.countCalls(calls, after), atLeastOne(calls));
  }
  const regions = Object.keys(view.cloud.fleet.regions);
  const { region, ...amount } = deadLetters ?? {};
  const places = region === undefined ? regions : [region];
  const count = places.reduce((sum, place) => sum + view.deadLetters(place), 0);
  return compared(count, amount);
}

/** A notice names its application in the subject. */
function wordsOf(subject: string): readonly string[] {
  return subject.split(/[^a-z0-9-]+/);
}

/** Resolvers that keep an answer for its time to live, as most do. */
export class ResolverCaches {
  readonly #kept = new Map<string, { readonly region: string; readonly untilMs: number }>();

  ask(view: WorldView, { app, resolver, cached }: NonNullable<Expectation['answer']>): string {
    if (!cached) return view.answeredRegion(app, resolver).region;
    const key = `${app} ${resolver ?? ''}`;
    const known = this.#kept.get(key);
    if (known !== undefined && known.untilMs > view.nowMs()) return known.region;
    const { region, ttlMs } = view.answeredRegion(app, resolver);
    this.#kept.set(key, { region, untilMs: view.nowMs() + ttlMs });
    return region;
  }
}

function sameRegion(found: string, wanted: string): Seen {
  return { holds: found === wanted, text: found };
}

function sameDigest(
  { view, memory }: Sight,
  { app, region, tag }: NonNullable<Expectation['digest']>,
): Seen {
  const wanted = memory.pushed.get(pushedKey(app, tag));
  const found = view.digests(app, region);
  const holds = found.length === 1 && found[0] === wanted;
  const text = found.map((digest) => digest.slice(0, 19)).join(' and ');
  return { holds, text: found.length === 0 ? 'no task runs' : `${text} runs` };
}

function matches(wanted: string | undefined, found: string): boolean {
  return wanted === undefined || wanted === found;
}

function atLeastOne(amount: Amount): Amount {
  const { is, min, max } = amount;
  const hasFigure = is !== undefined || min !== undefined || max !== undefined;
  return hasFigure ? amount : { min: 1 };
}

function compared(found: number, { is, min = 0, max = Infinity }: Amount): Seen {
  const holds = found >= min && found <= max && (is === undefined || found === is);
  return { holds, text: String(found) };
}
