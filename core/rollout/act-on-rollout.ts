import { journalKeys } from '../contract/journal.ts';
import type { Application, Fleet } from '../contract/fleet.ts';
import { repositoryIn } from '../contract/repository-in.ts';
import type { Outcome } from '../decision.ts';
import { messageOf } from '../errors.ts';
import { pinnedImage } from '../image-uri.ts';
import { releaseLease, takeLease } from '../lease.ts';
import { restorable } from './decide-rollback.ts';
import type { RolloutObserved } from './observe-rollout.ts';
import type { RolloutDecision } from './rollout-decision.ts';
import type { RolloutPorts } from './rollout-ports.ts';
import type { RolloutDocument } from './rollout-state.ts';
import * as to from './rollout-transitions.ts';

/** The lease covers twelve looks at a rollout, so a slow one does not lose it; in ms. */
const LEASE_MS = 180_000;

/** How soon a step that failed is tried again, in ms. */
const RETRY_MS = 60_000;

interface Work {
  readonly ports: RolloutPorts;
  readonly application: Application;
  readonly decision: RolloutDecision;
  readonly observed: RolloutObserved;
}

/**
 * Makes one step. The document is written against the version that was observed before anything
 * happens outside, so of two runs only one goes on; what a crash leaves is seen by the next look.
 */
export async function actOnRollout(
  fleet: Fleet,
  ports: RolloutPorts,
  { decision, observed }: Pick<Work, 'decision' | 'observed'>,
): Promise<Outcome> {
  const application = fleet.applications[decision.app];
  if (application === undefined || decision.action === 'none') {
    return { status: 'done', text: decision.reason.text };
  }
  const nowMs = ports.clock.nowMs();
  const { app } = decision;
  const needsLease = decision.action !== 'queue' && decision.action !== 'block';
  const request = { app, holder: 'rollout', nowMs, forMs: LEASE_MS } as const;
  const lease = needsLease ? await takeLease(ports.journal, request) : undefined;
  if (needsLease && lease === undefined) {
    const text = 'Somebody else holds the application; the rollout pauses.';
    return { status: 'superseded', text, recheckAtMs: nowMs + RETRY_MS };
  }
  if (decision.action === 'hold') return { status: 'done', text: decision.reason.text };

  const planned = documentAfter({ ports, application, decision, observed }, nowMs);
  const key = journalKeys.rollout(app);
  if (!(await ports.journal.write(key, planned, observed.version))) {
    return { status: 'superseded', text: 'Another run made this step.' };
  }
  const outcome = await makeEffects({ ports, application, decision, observed }, planned);
  const isOver = ['complete', 'finish-rollback'].includes(decision.action);
  if (isOver && lease !== undefined) await releaseLease(ports.journal, app, lease);
  return outcome;
}

/** Steps that change nothing but the state of the rollout. */
const plainSteps = {
  complete: to.withCompleted,
  supersede: to.withSuperseded,
  'finish-rollback': to.withRolledBack,
  halt: to.withHalt,
  resume: to.withResume,
} as const;

function documentAfter(work: Work, nowMs: number): RolloutDocument {
  const { decision, observed } = work;
  const { document } = observed;
  const { action, reason } = decision;
  if (action in plainSteps) return plainSteps[action as keyof typeof plainSteps](document, nowMs);
  if (action === 'start') {
    const { image, regions } = decision;
    const id = work.ports.ids.next();
    return withRequest(decision, to.withStart(document, { image, regions, id, nowMs }));
  }
  if (action === 'roll-back') {
    return withRequest(decision, to.withRollback(document, { reason, nowMs }));
  }
  if (action === 'deploy') {
    const { region } = decision;
    return to.withRegionStarted(document, { region, running: runningIn(work, region), nowMs });
  }
  if (action === 'bake') return to.withSteady(document, { region: decision.region, nowMs });
  if (action === 'advance') return to.withRegionDone(document, { region: decision.region, nowMs });
  if (action === 'queue') return { ...document, next: decision.image };
  if (action === 'block') {
    return { ...document, blocked: { digest: decision.image.digest, code: reason.code } };
  }
  return document;
}

/** The request is written with what it caused, so a second delivery of it changes nothing. */
function withRequest(
  { requestId }: { readonly requestId?: string },
  document: RolloutDocument,
): RolloutDocument {
  return requestId === undefined ? document : { ...document, requestId };
}

function runningIn({ observed }: Work, region: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    observed.services.flatMap(({ name, ref, state }) =>
      ref.region === region && state !== undefined ? [[name, state.taskDefinition]] : [],
    ),
  );
}

/** What happens outside the journal. A failure is an outcome: the next look tries again. */
async function makeEffects(work: Work, planned: RolloutDocument): Promise<Outcome> {
  const { decision, ports } = work;
  try {
    if (decision.action === 'deploy') return await deployRegion(work, planned, decision.region);
    if (decision.action === 'roll-back' || decision.action === 'restore') {
      return await restoreServices(work, planned);
    }
    return { status: 'done', text: decision.reason.text };
  } catch (error) {
    const text = `${decision.reason.text} It failed: ${messageOf(error)}`;
    return { status: 'failed', text, recheckAtMs: ports.clock.nowMs() + RETRY_MS };
  }
}

/** An update of a service for its image never carries a desired count: that is scaling's. */
async function deployRegion(
  { ports, application, decision, observed }: Work,
  planned: RolloutDocument,
  region: string,
): Promise<Outcome> {
  const digest = planned.current?.digest ?? '';
  const image = pinnedImage(ports.accountId, region, repositoryIn(application, region), digest);
  const deployed: Record<string, string> = {};
  for (const { name, ref } of observed.services) {
    if (ref.region === region) deployed[name] = await ports.services.deploy(ref, image);
  }
  const nowMs = ports.clock.nowMs();
  const asked = to.withDeployed(planned, { region, deployed, nowMs });
  const version = (observed.version ?? 0) + 1;
  if (!(await ports.journal.write(journalKeys.rollout(decision.app), asked, version))) {
    return { status: 'superseded', text: 'Another run went on from here.' };
  }
  const names = Object.values(deployed).join(', ');
  return { status: 'done', text: `Deploying ${names} in ${region}.` };
}

async function restoreServices(
  { ports, observed, decision }: Work,
  planned: RolloutDocument,
): Promise<Outcome> {
  const { current } = planned;
  const left = current === undefined ? [] : restorable(observed, current);
  const failures: string[] = [];
  for (const { service, taskDefinition } of left) {
    const { ref, name } = service;
    try {
      await ports.services.useTaskDefinition(ref, taskDefinition);
    } catch (error) {
      // One region that cannot go back now must not keep the others from going back.
      failures.push(`${ref.region}/${name}: ${messageOf(error)}`);
    }
  }
  if (failures.length === 0) return { status: 'done', text: decision.reason.text };
  const recheckAtMs = ports.clock.nowMs() + RETRY_MS;
  return { status: 'failed', text: failures.join('; '), recheckAtMs };
}
