import type { Reason } from '../decision.ts';
import type { RolloutObserved } from './observe-rollout.ts';
import { freezeAt } from './decide-start.ts';
import {
  base,
  LOOK_AGAIN_MS,
  none,
  rollBack,
  type RolloutDecision,
  toldOf,
} from './rollout-decision.ts';
import type { RolloutEvent } from './rollout-event.ts';
import {
  activeWave,
  nextWave,
  type QueuedImage,
  type Rollout,
  type Wave,
} from './rollout-state.ts';
import { failureOf, isDeploying, isSteadyOn, type ObservedService } from './service-health.ts';

interface Step {
  readonly observed: RolloutObserved;
  readonly current: Rollout;
  readonly nowMs: number;
}

/** The next step of a rollout that goes forward. */
export function decideStep(event: RolloutEvent, step: Step): RolloutDecision {
  const queued = imageToQueue(event, step);
  if (queued !== undefined) {
    const text = `${queued.tag} takes over when the region under way is steady.`;
    return { ...base(event), action: 'queue', reason: { code: 'QUEUED', text }, image: queued };
  }
  const wave = activeWave(step.current);
  if (wave === undefined) return decideBoundary(event, step);
  const services = servicesIn(step.observed, wave.region);
  const silent = silence(event, { step, services, region: wave.region });
  if (silent !== undefined) return silent;
  if (step.current.haltedAtMs !== undefined) return resume(event, step, wave.region);
  return decideRegion(event, { ...step, wave, services });
}

/** What takes over from the image on its way: a newer one, or the one an operator asks for. */
function imageToQueue(event: RolloutEvent, { observed, current }: Step): QueuedImage | undefined {
  const { candidate, document } = observed;
  if (candidate?.isReplicated !== true) return undefined;
  const { digest, tag, actor, age } = candidate;
  if (digest === current.digest || digest === document.next?.digest) return undefined;
  if (event.request?.kind === 'start') {
    return { digest, tag, actor: event.request.actor };
  }
  const isQuarantined = document.quarantined.some((image) => image.digest === digest);
  const isRefused = isQuarantined || age !== 'newer' || actor !== undefined;
  if (isRefused || !event.application.rollout.automatic) return undefined;
  return { digest, tag };
}

/** Between two regions: the only place where another image or a freeze may step in. */
function decideBoundary(event: RolloutEvent, step: Step): RolloutDecision {
  const { observed, current, nowMs } = step;
  const wave = nextWave(current, observed.serving.active);
  if (wave === undefined) return complete(event, step);
  if (observed.document.next !== undefined) return supersede(event, step);
  const freeze = freezeAt(event.application.freeze, nowMs);
  if (freeze !== undefined) return none(event, freeze.code, freeze.text);

  const { region } = wave;
  const services = servicesIn(observed, region);
  const silent = silence(event, { step, services, region });
  if (silent !== undefined) return silent;
  if (observed.missingIn.includes(region)) {
    // What is gone at home has no source any more that replication would trust.
    const remedy = region === event.application.home ? 'push it again' : 'replication repairs it';
    const text = `${current.tag} cannot be read in ${region} any more; ${remedy}.`;
    return standstill(event, step, { code: 'IMAGE_MISSING', text });
  }
  if (current.haltedAtMs !== undefined) return resume(event, step, region);
  const lookAgainMs = nowMs + LOOK_AGAIN_MS;
  const busy = services.find(({ state }) => state !== undefined && isDeploying(state));
  if (busy !== undefined) {
    const text = `Somebody else's deployment is under way in ${region}/${busy.name}.`;
    return none(event, 'FOREIGN_DEPLOYMENT', text, lookAgainMs);
  }
  return deploy(event, step, region);
}

interface RegionStep extends Step {
  readonly wave: Wave;
  readonly services: readonly ObservedService[];
}

/** Within one region: deploy, wait, bake, advance; or go back. */
function decideRegion(event: RolloutEvent, step: RegionStep): RolloutDecision {
  const { current, nowMs, wave, services } = step;
  const { region, startedAtMs = nowMs, steadyAtMs } = wave;
  const { bake, deadline } = event.application.rollout;
  const isOverdue =
    nowMs >= (steadyAtMs === undefined ? startedAtMs : steadyAtMs + bake) + deadline;
  const late = (text: string): RolloutDecision =>
    rollBack(event, { current, nowMs, reason: { code: 'DEADLINE_PASSED', text } });

  const isAsked = services.every(({ name }) => wave.services[name]?.taskDefinition !== undefined);
  if (!isAsked) {
    if (isOverdue) return late(`${current.tag} could not be deployed in ${region} in time.`);
    return deploy(event, step, region);
  }
  for (const service of services) {
    const reason = failureOf(current.digest, service, nowMs - current.movedAtMs);
    if (reason !== undefined) return rollBack(event, { current, nowMs, reason });
  }
  const isSteady = services.every(
    ({ state }) => state !== undefined && isSteadyOn(current.digest, state),
  );
  const lookAgainMs = nowMs + LOOK_AGAIN_MS;
  if (steadyAtMs === undefined) {
    if (isSteady) return bakeNow(event, step);
    if (isOverdue) return late(`${current.tag} was not steady in ${region} in time.`);
    return none(
      event,
      'WAITING_FOR_STEADY',
      `${current.tag} is deploying in ${region}.`,
      lookAgainMs,
    );
  }
  if (step.observed.document.next !== undefined && isSteady) return supersede(event, step);
  const bakedAtMs = steadyAtMs + bake;
  if (nowMs < bakedAtMs) {
    const text = `${current.tag} bakes in ${region} until ${new Date(bakedAtMs).toISOString()}.`;
    return none(event, 'BAKING', text, Math.min(lookAgainMs, bakedAtMs));
  }
  if (isSteady) return advance(event, step);
  if (isOverdue) return late(`${current.tag} did not stay steady in ${region}.`);
  return none(event, 'UNSTEADY', `${current.tag} is not steady in ${region} now.`, lookAgainMs);
}

/** A region whose ECS gives no answer is waited for, then people are told; it is never skipped. */
function silence(
  event: RolloutEvent,
  of: { step: Step; services: readonly ObservedService[]; region: string },
): RolloutDecision | undefined {
  const failure = of.services.find((service) => service.failure !== undefined)?.failure;
  if (failure === undefined) return undefined;
  const text = `ECS in ${of.region} gives no answer: ${failure}`;
  return standstill(event, of.step, { code: 'REGION_SILENT', text });
}

/** What is waited for without an end: once the deadline of a region is over, people are told. */
function standstill(event: RolloutEvent, step: Step, reason: Reason): RolloutDecision {
  const { current, nowMs } = step;
  const isOverdue = nowMs >= current.movedAtMs + event.application.rollout.deadline;
  if (current.haltedAtMs === undefined && isOverdue) {
    return { ...base(event), action: 'halt', reason, rollout: toldOf(current) };
  }
  return none(event, reason.code, reason.text, nowMs + LOOK_AGAIN_MS);
}

function servicesIn({ services }: RolloutObserved, region: string): readonly ObservedService[] {
  return services.filter(({ ref }) => ref.region === region);
}

function deploy(event: RolloutEvent, { current, nowMs }: Step, region: string): RolloutDecision {
  return {
    ...base(event),
    action: 'deploy',
    reason: { code: 'REGION_NEXT', text: `${current.tag} is deployed in ${region}.` },
    region,
    rollout: toldOf(current),
    recheckAtMs: nowMs + LOOK_AGAIN_MS,
  };
}

function bakeNow(event: RolloutEvent, { current, nowMs, wave }: RegionStep): RolloutDecision {
  const bakeMs = Math.min(event.application.rollout.bake, LOOK_AGAIN_MS);
  return {
    ...base(event),
    action: 'bake',
    reason: { code: 'REGION_STEADY', text: `${current.tag} is steady in ${wave.region}.` },
    region: wave.region,
    rollout: toldOf(current),
    recheckAtMs: nowMs + bakeMs,
  };
}

function advance(event: RolloutEvent, { current, nowMs, wave }: RegionStep): RolloutDecision {
  return {
    ...base(event),
    action: 'advance',
    reason: { code: 'REGION_DONE', text: `${current.tag} stayed steady in ${wave.region}.` },
    region: wave.region,
    rollout: toldOf(current),
    recheckAtMs: nowMs,
  };
}

function complete(event: RolloutEvent, { current }: Step): RolloutDecision {
  const text = `${current.tag} is steady in every region.`;
  const reason = { code: 'EVERY_REGION_DONE', text };
  return { ...base(event), action: 'complete', reason, rollout: toldOf(current) };
}

function supersede(event: RolloutEvent, { observed, current, nowMs }: Step): RolloutDecision {
  const text = `${observed.document.next?.tag ?? 'A newer image'} takes over from ${current.tag}.`;
  return {
    ...base(event),
    action: 'supersede',
    reason: { code: 'NEWER_IMAGE', text },
    rollout: toldOf(current),
    recheckAtMs: nowMs,
  };
}

function resume(event: RolloutEvent, { current, nowMs }: Step, region: string): RolloutDecision {
  return {
    ...base(event),
    action: 'resume',
    reason: { code: 'REGION_ANSWERS', text: `${region} can go on with ${current.tag} again.` },
    rollout: toldOf(current),
    recheckAtMs: nowMs,
  };
}
