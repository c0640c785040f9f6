import { aHoldWins } from './invariants/a-hold-wins.ts';
import { aMoveComesFirst } from './invariants/a-move-comes-first.ts';
import { aRegionServes } from './invariants/a-region-serves.ts';
import type { AtRest } from './invariants/at-rest.ts';
import { capacityComesFirst } from './invariants/capacity-comes-first.ts';
import { countsStayInBounds } from './invariants/counts-stay-in-bounds.ts';
import { dataIsReadyFirst } from './invariants/data-is-ready-first.ts';
import { driftEnds } from './invariants/drift-ends.ts';
import { epochsRise } from './invariants/epochs-rise.ts';
import { failStatic } from './invariants/fail-static.ts';
import { flipsAreFew } from './invariants/flips-are-few.ts';
import { gatesAreKept } from './invariants/gates-are-kept.ts';
import { imagesAreEverywhere } from './invariants/images-are-everywhere.ts';
import { imagesMoveOn } from './invariants/images-move-on.ts';
import type { Invariant } from './invariants/invariant.ts';
import { movesAreRecorded } from './invariants/moves-are-recorded.ts';
import { movesEnd } from './invariants/moves-end.ts';
import { neverNowhere } from './invariants/never-nowhere.ts';
import { noFailbackByItself } from './invariants/no-failback-by-itself.ts';
import { noFalseFlip } from './invariants/no-false-flip.ts';
import { noStaleEffect } from './invariants/no-stale-effect.ts';
import { noticesArrive } from './invariants/notices-arrive.ts';
import { noticesComeOnce } from './invariants/notices-come-once.ts';
import { oldEventsDoNothing } from './invariants/old-events-do-nothing.ts';
import { oneDeploymentEach } from './invariants/one-deployment-each.ts';
import { oneEffectEach } from './invariants/one-effect-each.ts';
import { oneWriter } from './invariants/one-writer.ts';
import { onlyWhatIsThere } from './invariants/only-what-is-there.ts';
import { recordsStay } from './invariants/records-stay.ts';
import { rolloutsEnd } from './invariants/rollouts-end.ts';
import { runsEnd } from './invariants/runs-end.ts';
import { tagsMeanWholeImages } from './invariants/tags-mean-whole-images.ts';
import { Watched } from './invariants/watched.ts';
import type { WorldView } from './world-view.ts';

/** What must hold at every moment, whatever fails; docs/rehearsals.md has the same list. */
export const invariants: readonly Invariant[] = [
  epochsRise,
  noStaleEffect,
  oneWriter,
  neverNowhere,
  noFalseFlip,
  noFailbackByItself,
  aHoldWins,
  flipsAreFew,
  gatesAreKept,
  capacityComesFirst,
  dataIsReadyFirst,
  failStatic,
  driftEnds,
  oldEventsDoNothing,
  oneEffectEach,
  oneDeploymentEach,
  aMoveComesFirst,
  countsStayInBounds,
  tagsMeanWholeImages,
  onlyWhatIsThere,
  recordsStay,
  runsEnd,
  noticesComeOnce,
];

/** What holds once everything has come to rest. */
export const atRest: readonly AtRest[] = [
  movesEnd,
  rolloutsEnd,
  imagesAreEverywhere,
  movesAreRecorded,
  noticesArrive,
];

/** What holds with a region gone for good, once every deadline has passed. */
export const progress: readonly AtRest[] = [aRegionServes, imagesMoveOn, noticesArrive];

/** Watches a rehearsal for the first promise that is broken. */
export class Invariants {
  readonly #watched: Watched;
  #violation: string | undefined;

  constructor(view: WorldView) {
    this.#watched = new Watched(view);
    for (const { name, watch } of invariants) {
      watch(this.#watched, (text) => {
        this.#violation ??= `${name}: ${text}`;
      });
    }
  }

  /** To be called each moment, before anybody asks. */
  look(): void {
    this.#watched.look();
  }

  /** The first thing that was broken so far, if any. */
  get violation(): string | undefined {
    return this.#violation;
  }
}

/** What is not so of a list of promises; undefined when all of it is. */
export function unrestOf(view: WorldView, promises: readonly AtRest[]): string | undefined {
  for (const app of Object.keys(view.cloud.fleet.applications)) {
    for (const { name, look } of promises) {
      const problem = look(view, app);
      if (problem !== undefined) return `${name}: ${problem}`;
    }
  }
  return undefined;
}
