import type { Fleet } from '../core/contract/fleet.ts';
import type { Tamper } from './call-in-world-time.ts';
import { atRest, Invariants, unrestOf } from './invariants.ts';
import { Judge, type Verdict } from './judge.ts';
import { ResolverCaches } from './observe-subject.ts';
import { openRehearsal, type RehearsedCloud } from './rehearsed-cloud.ts';
import type { Step } from './scenario-steps.ts';
import type { Scenario } from './scenario.ts';
import { type Operate, type StepMemory, takeStep } from './take-step.ts';
import { Timeline, type TimelineEntry } from './timeline.ts';
import { WorldView } from './world-view.ts';
import type { FunctionProblem } from './world-surroundings.ts';

export interface Performance {
  readonly seed: number;
  readonly isMet: boolean;
  readonly verdicts: readonly Verdict[];
  readonly timeline: readonly TimelineEntry[];
  /** What functions logged as problems. */
  readonly problems: readonly FunctionProblem[];
}

export interface Play {
  readonly scenario: Scenario;
  readonly fleet: Fleet;
  /** Directory of the fleet's cloud assembly. */
  readonly assembly: string;
  readonly seed: number;
  /** What each `fleet` step deploys, in order of their time. */
  readonly fleets?: readonly Fleet[];
  /** Ends with the first expectation that does not hold: the rest would tell nothing new. */
  readonly endsWhenBroken?: boolean;
  /** Ends once all has been at rest for some minutes after the last step. */
  readonly endsAtRest?: boolean;
  /** For tests: breaks every function in one way. */
  readonly tamper?: Tamper;
  /** For tests: breaks the world itself, once it is at rest. */
  readonly sabotage?: (cloud: RehearsedCloud) => void;
}

/** How often expectations look at the world, in ms of world time. */
const LOOK_MS = 1_000;

/** Rest that lasts so long, in ms, has been looked at by several sweeps and will not end. */
const REST_MS = 240_000;

/**
 * Plays one scenario in a cloud of its own.
 * @param operate runs the commands of an operator: the command line's own code
 */
export async function playScenario(
  { scenario, ...options }: Play,
  operate: Operate,
): Promise<Performance> {
  const cloud = await openRehearsal(options);
  try {
    options.sabotage?.(cloud);
    const view = new WorldView(cloud);
    const timeline = new Timeline(view);
    const memory: StepMemory = {
      pushed: new Map(),
      faults: new Map(),
      fleets: [...(options.fleets ?? [])],
      operate,
    };
    const resolvers = new ResolverCaches();
    const invariants = new Invariants(view);
    const judge = new Judge({ view, timeline, memory, resolvers, invariants }, scenario);
    const rest = new Rest(view, scenario);
    const failures: unknown[] = [];
    for (let nowMs = 0; nowMs <= scenario.for; nowMs += LOOK_MS) {
      await cloud.driver.runUntil(cloud.startMs + nowMs);
      for (const step of stepsAt(scenario, nowMs)) {
        // Where calls are slow a step takes its time, and the world must go on meanwhile.
        takeStep(view, memory, step)
          .then((text) => {
            timeline.step(text);
          })
          .catch((error: unknown) => failures.push(error));
        await cloud.driver.runFor(0);
      }
      if (failures.length > 0) throw failures[0];
      timeline.look();
      invariants.look();
      judge.look();
      if (options.endsWhenBroken === true && judge.isBroken) break;
      if (options.endsAtRest === true && rest.lastsAt(nowMs)) {
        judge.end();
        break;
      }
    }
    const verdicts = judge.verdicts();
    return {
      seed: options.seed,
      isMet: verdicts.every(({ isMet }) => isMet),
      verdicts,
      timeline: timeline.entries(),
      problems: cloud.problems,
    };
  } finally {
    cloud.close();
  }
}

/** Whether all has come to rest after the last step, and stayed so. */
class Rest {
  readonly #view: WorldView;
  #sinceMs: number;

  constructor(view: WorldView, { steps }: Scenario) {
    this.#view = view;
    this.#sinceMs = Math.max(0, ...steps.map(({ at }) => at));
  }

  lastsAt(nowMs: number): boolean {
    if (nowMs <= this.#sinceMs) return false;
    if (unrestOf(this.#view, atRest) !== undefined) this.#sinceMs = nowMs;
    return nowMs - this.#sinceMs >= REST_MS;
  }
}

function stepsAt({ steps }: Scenario, nowMs: number): readonly Step[] {
  return steps.filter(({ at }) => at > nowMs - LOOK_MS && at <= nowMs);
}
