import { digestOf } from '../image-uri.ts';
import type { Reason } from '../decision.ts';
import type { Candidate } from './find-candidate.ts';
import type { RolloutObserved } from './observe-rollout.ts';
import { base, none, type RolloutDecision } from './rollout-decision.ts';
import type { RolloutEvent } from './rollout-event.ts';
import { isDeploying, type ObservedService } from './service-health.ts';

/** Whether a rollout starts: every gate before the first region, the cheapest first. */
export function decideStart(
  event: RolloutEvent,
  observed: RolloutObserved,
  nowMs: number,
): RolloutDecision {
  const { application, request } = event;
  const { candidate, document } = observed;
  const isAsked = candidate?.actor !== undefined;
  if (candidate === undefined) {
    const { home, image } = application;
    const text =
      request !== undefined
        ? `No image in ${image.repository} in ${home} is the one that was asked for.`
        : `No tag in ${image.repository} in ${home} matches the policy, or ${home} gave no answer.`;
    return none(event, 'NO_CANDIDATE', text);
  }
  const standing = deployedAlready(observed, candidate, isAsked);
  if (standing !== undefined) return none(event, standing.code, standing.text);
  if (!isAsked) {
    const refused = refusedAutomatically(event, observed, candidate);
    if (refused !== undefined) return none(event, refused.code, refused.text);
  }
  const waiting = waitingFor(event, observed, { candidate, nowMs });
  if (waiting !== undefined) return none(event, waiting.code, waiting.text);

  const image = { digest: candidate.digest, tag: candidate.tag };
  const blocked = blockedBy(observed.services);
  if (blocked !== undefined) {
    const { digest, code } = document.blocked ?? {};
    if (digest === image.digest && code === blocked.code) {
      return none(event, blocked.code, blocked.text);
    }
    return { ...base(event), action: 'block', reason: blocked, image };
  }
  return start(event, observed, { candidate, nowMs });
}

function start(
  event: RolloutEvent,
  { serving }: RolloutObserved,
  { candidate, nowMs }: { candidate: Candidate; nowMs: number },
): RolloutDecision {
  const { digest, tag, actor, runningTag = 'what runs' } = candidate;
  const reason =
    actor === undefined
      ? { code: 'NEWER_IMAGE', text: `${tag} is newer than ${runningTag} and is everywhere.` }
      : { code: 'OPERATOR_STARTED', text: `${actor} asked to roll out ${tag} of ${event.app}.` };
  return {
    ...base(event),
    action: 'start',
    reason,
    image: { digest, tag },
    regions: waveOrder(event.application.regions, serving.active),
    recheckAtMs: nowMs,
    ...(event.request === undefined ? {} : { requestId: event.request.id }),
  };
}

/** The region that serves comes last; the last one in the fleet file is the furthest standby. */
function waveOrder(regions: readonly string[], active: string): readonly string[] {
  const standby = regions.filter((region) => region !== active).reverse();
  return regions.includes(active) ? [...standby, active] : standby;
}

/**
 * Nothing to do when every service runs the digest. An image that was rolled out completely and
 * does not run any more was replaced by somebody: that is theirs, and only a person puts it back.
 */
function deployedAlready(
  { services, document }: RolloutObserved,
  { digest, tag }: Candidate,
  isAsked: boolean,
): Reason | undefined {
  const other = services.filter(
    ({ state }) => state === undefined || digestOf(state.image) !== digest,
  );
  if (other.length === 0) {
    return { code: 'ALREADY_DEPLOYED', text: `Every region runs ${tag}.` };
  }
  if (isAsked || document.completed?.digest !== digest) return undefined;
  const where = other.map(placeOf).join(', ');
  return {
    code: 'DRIFTED',
    text:
      `${tag} was rolled out completely, but ${where} runs something else now. Farshore leaves ` +
      'it; start a rollout to put it back.',
  };
}

function refusedAutomatically(
  { app, application }: RolloutEvent,
  { document }: RolloutObserved,
  { digest, tag, age, runningTag = 'what runs' }: Candidate,
): Reason | undefined {
  if (!application.rollout.automatic) {
    return { code: 'NOT_AUTOMATIC', text: `${tag} waits for a person: ${app} is not automatic.` };
  }
  const quarantined = document.quarantined.find((image) => image.digest === digest);
  if (quarantined !== undefined) {
    const { text } = quarantined.reason;
    return { code: 'QUARANTINED', text: `${tag} was rolled back before: ${text}` };
  }
  if (age !== 'older') return undefined;
  return { code: 'NOT_NEWER', text: `${tag} is not newer than ${runningTag}.` };
}

/** What passes by itself. */
function waitingFor(
  { application }: RolloutEvent,
  { services, missingIn }: RolloutObserved,
  { candidate, nowMs }: { candidate: Candidate; nowMs: number },
): Reason | undefined {
  const { tag } = candidate;
  if (!candidate.isReplicated) {
    return { code: 'NOT_REPLICATED', text: `${tag} has not reached every region yet.` };
  }
  if (missingIn.length > 0) {
    const text = `${tag} was replicated but cannot be read in ${missingIn.join(', ')}.`;
    return { code: 'IMAGE_MISSING', text };
  }
  const freeze = freezeAt(application.freeze, nowMs);
  if (freeze !== undefined) return freeze;
  const silent = services.find(({ failure }) => failure !== undefined);
  if (silent !== undefined) {
    const text = `ECS in ${silent.ref.region} gives no answer: ${silent.failure ?? ''}`;
    return { code: 'REGION_SILENT', text };
  }
  const busy = services.find(({ state }) => state !== undefined && isDeploying(state));
  if (busy === undefined) return undefined;
  const text = `Somebody else's deployment is under way in ${placeOf(busy)}.`;
  return { code: 'FOREIGN_DEPLOYMENT', text };
}

/** The freeze window that covers a moment, as a reason to wait. */
export function freezeAt(
  windows: RolloutEvent['application']['freeze'],
  nowMs: number,
): Reason | undefined {
  const freeze = windows.find(
    ({ from, to }) => Date.parse(from) <= nowMs && nowMs < Date.parse(to),
  );
  if (freeze === undefined) return undefined;
  return { code: 'FROZEN', text: `No rollout starts until ${freeze.to}: ${freeze.reason}.` };
}

/** What only a person can change. */
function blockedBy(services: readonly ObservedService[]): Reason | undefined {
  for (const service of services) {
    const { state } = service;
    const where = placeOf(service);
    if (state?.status !== 'ACTIVE') {
      return {
        code: 'SERVICE_MISSING',
        text: `There is no active service ${where}. Create it or take it out of the fleet file.`,
      };
    }
    if (state.controller !== 'ECS') {
      return {
        code: 'CONTROLLER_UNSUPPORTED',
        text: `${where} is deployed by ${state.controller}; Farshore needs the ECS controller.`,
      };
    }
    if (state.desired === 0) {
      return {
        code: 'NO_TASKS',
        text: `${where} runs no task, so it cannot prove an image. Set its desired count to 1.`,
      };
    }
  }
  return undefined;
}

function placeOf({ ref, name }: ObservedService): string {
  return `${ref.region}/${name}`;
}
