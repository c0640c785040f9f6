import type { Fleet } from '../contract/fleet.ts';
import type { ControlLoop, Run } from '../control-loop.ts';
import type { Outcome } from '../decision.ts';
import { messageOf } from '../errors.ts';
import { parseEvent } from '../events/parse-event.ts';
import { type Lease, releaseLease, takeLease } from '../lease.ts';
import { decideFailover } from './decide-failover.ts';
import { describeFailover } from './describe-failover.ts';
import { affectedApps } from './failover-events.ts';
import type { FailoverPorts } from './failover-ports.ts';
import { type FailoverState, writeFailover } from './failover-state.ts';
import { observeFailover } from './observe-failover.ts';
import type { FailoverDecision, FailoverEvent, ObservedFailover } from './observed-failover.ts';

/** Longer than any wait between two steps; renewed while a move goes on, in ms. */
const LEASE_MS = 900_000;

/** A request competes with probes for one document; it wins within a few attempts. */
const ATTEMPTS_MAX = 5;

/** Moves traffic of an application to its other region, and back when an operator asks. */
export function failoverLoop(
  fleet: Fleet,
  ports: FailoverPorts,
): ControlLoop<FailoverEvent, ObservedFailover, FailoverDecision> {
  return {
    name: 'failover',
    silentMsMax: 30_000,
    parse: (raw) => affectedApps(fleet, parseEvent(raw)),
    observe: (event) => observeFailover(fleet, ports, event),
    decide: decideFailover,
    act: (decision, observed, run) => actOnTraffic(fleet, ports, { decision, observed, run }),
    describe: describeFailover,
  };
}

interface Step {
  readonly decision: FailoverDecision;
  readonly observed: ObservedFailover;
  readonly run: Run;
}

/** A request that lost against another run is decided again on what is so then. */
async function actOnTraffic(fleet: Fleet, ports: FailoverPorts, step: Step): Promise<Outcome> {
  const { request, app } = step.decision;
  let current = step;
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await takeStep(fleet, ports, current);
    if (outcome.status !== 'superseded' || request === undefined) return outcome;
    if (attempt === ATTEMPTS_MAX) {
      throw new Error(`the request ${request.id} found ${app} changing at each of its attempts`);
    }
    const event: FailoverEvent = { app, cause: 'operator', request };
    const observed = await observeFailover(fleet, ports, event);
    const decision = decideFailover(event, observed, ports.clock.nowMs());
    if (decision.action === 'none') return { status: 'done', text: decision.reason.text };
    current = { ...current, decision, observed };
  }
}

const superseded: Outcome = {
  status: 'superseded',
  text: 'Another run decided about this application at the same moment.',
};

/** Effect first, then the journal: a crash in between repeats the effect, never forgets it. */
async function takeStep(fleet: Fleet, ports: FailoverPorts, step: Step): Promise<Outcome> {
  const { decision, observed, run } = step;
  const { app, next } = decision;
  if (next === undefined) return { status: 'done', text: decision.reason.text };
  const isMoving = next.phase === 'moving';
  const isEnding = observed.state.phase === 'moving' && !isMoving;
  const lease = isMoving || isEnding ? await excludeOthers(ports, app) : 'not-needed';
  if (lease === undefined) return superseded;
  if (decision.effect !== undefined && !(await run.alive())) return superseded;

  const done = await takeEffect(fleet, ports, decision);
  if (done === 'overtaken') return superseded;
  if (done === 'left' && decision.action === 'sync-latch') {
    return { status: 'failed', text: 'The latch could not be written; the sweep tries again.' };
  }
  const state: FailoverState = done === 'left' ? { ...next, isLatchPending: true } : next;
  const { version } = observed;
  if (!(await writeFailover(ports.journal, app, { state, version }))) return superseded;
  if (isEnding && lease !== 'not-needed') await releaseLease(ports.journal, app, lease);
  return { status: 'done', text: decision.reason.text };
}

/** The lease freezes rollout and scale-in of the application while traffic moves. */
function excludeOthers(ports: FailoverPorts, app: string): Promise<Lease | undefined> {
  const nowMs = ports.clock.nowMs();
  return takeLease(ports.journal, { app, holder: 'failover', nowMs, forMs: LEASE_MS });
}

/** `overtaken`: a newer epoch was there. `left`: the effect failed and may wait. */
async function takeEffect(
  fleet: Fleet,
  ports: FailoverPorts,
  { app, effect, to }: FailoverDecision,
): Promise<'done' | 'overtaken' | 'left'> {
  switch (effect?.kind) {
    case undefined:
      return 'done';
    case 'scale': {
      const services = fleet.applications[app]?.services ?? {};
      for (const [name, count] of Object.entries(effect.counts)) {
        const service = services[name];
        if (service === undefined) continue;
        await ports.services.setDesiredCount({ region: to, ...service }, count);
      }
      return 'done';
    }
    case 'invoke':
      await ports.hooks.invoke(to, effect.functionName, effect.input);
      return 'done';
    case 'latch':
      try {
        return (await ports.latch.write(app, effect.latch)) ? 'done' : 'overtaken';
      } catch (error) {
        if (!effect.mayFail) throw error;
        const cause = messageOf(error);
        ports.logger.warn('The latch lies in the failed region; it is opened later.', { cause });
        return 'left';
      }
  }
}
