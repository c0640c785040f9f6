import { journalKeys } from '../core/contract/journal.ts';
import { isUnderWay, type RolloutDocument } from '../core/rollout/rollout-state.ts';
import { readLatch } from './invariants.ts';
import type { WorldView } from './world-view.ts';

/** What is not yet as the journal says it should be; undefined when everything is at rest. */
export function driftOf(view: WorldView): string | undefined {
  for (const app of Object.keys(view.cloud.fleet.applications)) {
    const drift = trafficDrift(view, app) ?? rolloutDrift(view, app) ?? noticeDrift(view, app);
    if (drift !== undefined) return drift;
  }
  return undefined;
}

function trafficDrift(view: WorldView, app: string): string | undefined {
  const { regions, failover, traffic } = view.application(app);
  if (failover === undefined || traffic === undefined) return undefined;
  const state = view.failover(app);
  if (state.phase !== 'steady') return `traffic of ${app} is still moving`;
  if (state.isLatchPending === true) return `the latch of ${app} is still to be written`;
  const { latched = false } = readLatch(view, app) ?? {};
  if (latched !== (state.active !== regions[0])) {
    return `the latch of ${app} is ${latched ? 'set' : 'open'}, but ${state.active} serves`;
  }
  const { region } = view.answeredRegion(app, undefined);
  if (region !== state.active) return `${app} leads to ${region}, but ${state.active} serves`;
  return undefined;
}

function rolloutDrift(view: WorldView, app: string): string | undefined {
  const key = journalKeys.rollout(app);
  const document = view.document(key) as RolloutDocument | undefined;
  const current = document?.current;
  if (current === undefined) return undefined;
  if (isUnderWay(current)) return `the rollout of ${app} ${current.tag} is ${current.state}`;
  if (current.state !== 'SUCCEEDED') return undefined;
  for (const region of view.application(app).regions) {
    const others = view.digests(app, region).filter((digest) => digest !== current.digest);
    if (others.length > 0) return `${app} in ${region} does not run ${current.tag} alone`;
  }
  return undefined;
}

/** A notice that a record carries and nobody got. */
function noticeDrift(view: WorldView, app: string): string | undefined {
  const sent = new Set(view.notices().map(({ attributes }) => attributes['id']));
  const lost = view
    .records()
    .find(({ decision, notice, id }) => decision.app === app && notice && !sent.has(id));
  return lost === undefined ? undefined : `nobody got: ${lost.notice?.subject ?? ''}`;
}
