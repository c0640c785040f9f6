import type { Reason } from '../decision.ts';
import type {
  Rollout,
  RolloutDocument,
  RolloutImage,
  ServiceProgress,
  Wave,
} from './rollout-state.ts';

/** How many failed images are remembered; older ones are rarely pushed again. */
const QUARANTINED_MAX = 20;

/** The document with a new rollout in it. */
export function withStart(
  document: RolloutDocument,
  of: { image: RolloutImage; regions: readonly string[]; id: string; nowMs: number },
): RolloutDocument {
  const kept = without(document, 'next', 'blocked');
  const left = document.current?.state === 'SUPERSEDED' ? document.current : undefined;
  const current: Rollout = {
    ...of.image,
    id: of.id,
    state: 'PENDING',
    startedAtMs: of.nowMs,
    movedAtMs: of.nowMs,
    // A rollout that takes over goes back to what ran before the one it took over from.
    waves: of.regions.map((region) => ({ region, services: previousIn(left, region) })),
    supersedes: left === undefined ? [] : [left.digest, ...left.supersedes],
    ...(document.completed === undefined ? {} : { before: document.completed }),
  };
  const quarantined = kept.quarantined.filter(({ digest }) => digest !== of.image.digest);
  return { ...kept, current, quarantined };
}

function previousIn(left: Rollout | undefined, region: string): Wave['services'] {
  const wave = left?.waves.find((entry) => entry.region === region);
  return Object.fromEntries(
    Object.entries(wave?.services ?? {}).map(([name, { previousTaskDefinition }]) => [
      name,
      { previousTaskDefinition },
    ]),
  );
}

/** A region begins; what runs there now is what a rollback returns to, unless it is known. */
export function withRegionStarted(
  document: RolloutDocument,
  of: { region: string; running: Readonly<Record<string, string>>; nowMs: number },
): RolloutDocument {
  const { region, running, nowMs } = of;
  return changeWave(document, { region, nowMs, state: 'DEPLOYING' }, (wave) => ({
    ...wave,
    startedAtMs: wave.startedAtMs ?? nowMs,
    services: {
      ...Object.fromEntries(
        Object.entries(running).map(([name, taskDefinition]) => [
          name,
          { previousTaskDefinition: taskDefinition },
        ]),
      ),
      ...wave.services,
    },
  }));
}

/** Deployments were asked for. */
export function withDeployed(
  document: RolloutDocument,
  of: { region: string; deployed: Readonly<Record<string, string>>; nowMs: number },
): RolloutDocument {
  const { region, deployed, nowMs } = of;
  return changeWave(document, { region, nowMs, state: 'DEPLOYING' }, (wave) => ({
    ...wave,
    services: Object.fromEntries(
      Object.entries(wave.services).map(([name, progress]): [string, ServiceProgress] => {
        const taskDefinition = deployed[name] ?? progress.taskDefinition;
        return [name, { ...progress, ...(taskDefinition === undefined ? {} : { taskDefinition }) }];
      }),
    ),
  }));
}

export function withSteady(
  document: RolloutDocument,
  { region, nowMs }: { region: string; nowMs: number },
): RolloutDocument {
  const change = { region, nowMs, state: 'BAKING' } as const;
  return changeWave(document, change, (wave) => ({ ...wave, steadyAtMs: nowMs }));
}

export function withRegionDone(
  document: RolloutDocument,
  { region, nowMs }: { region: string; nowMs: number },
): RolloutDocument {
  const change = { region, nowMs, state: 'DEPLOYING' } as const;
  return changeWave(document, change, (wave) => ({ ...wave, doneAtMs: nowMs }));
}

export function withCompleted(document: RolloutDocument, nowMs: number): RolloutDocument {
  const { current } = document;
  if (current === undefined) return document;
  const completed = { digest: current.digest, tag: current.tag, atMs: nowMs };
  return { ...withEnd(document, 'SUCCEEDED', nowMs), completed };
}

/** Another image takes over; what this one deployed stays until then. */
export function withSuperseded(document: RolloutDocument, nowMs: number): RolloutDocument {
  return withEnd(document, 'SUPERSEDED', nowMs);
}

/** The image is quarantined at once, so that nothing starts it again whatever happens next. */
export function withRollback(
  document: RolloutDocument,
  { reason, nowMs }: { reason: Reason; nowMs: number },
): RolloutDocument {
  const { current } = document;
  if (current === undefined) return document;
  const kept = without(current, 'haltedAtMs', 'endedAtMs');
  const { digest, tag } = current;
  const rest = document.quarantined.filter((image) => image.digest !== digest);
  return {
    ...document,
    current: { ...kept, state: 'ROLLING_BACK', movedAtMs: nowMs, failure: reason },
    quarantined: [...rest, { digest, tag, atMs: nowMs, reason }].slice(-QUARANTINED_MAX),
  };
}

/** What was completed before is what is completed now, also when a completed one went back. */
export function withRolledBack(document: RolloutDocument, nowMs: number): RolloutDocument {
  const kept = without(document, 'completed');
  const before = document.current?.before;
  const ended = withEnd(kept, 'ROLLED_BACK', nowMs);
  return before === undefined ? ended : { ...ended, completed: before };
}

export function withHalt(document: RolloutDocument, nowMs: number): RolloutDocument {
  const { current } = document;
  if (current === undefined) return document;
  return { ...document, current: { ...current, haltedAtMs: nowMs } };
}

/** The region under way gets its whole deadline again: it could not use the time it was silent. */
export function withResume(document: RolloutDocument, nowMs: number): RolloutDocument {
  return change(document, nowMs, (current) => ({
    ...without(current, 'haltedAtMs'),
    waves: current.waves.map((wave) =>
      wave.startedAtMs === undefined || wave.doneAtMs !== undefined
        ? wave
        : { ...wave, startedAtMs: nowMs },
    ),
  }));
}

function changeWave(
  document: RolloutDocument,
  of: { region: string; nowMs: number; state: Rollout['state'] },
  edit: (wave: Wave) => Wave,
): RolloutDocument {
  return change(document, of.nowMs, (current) => ({
    ...current,
    state: of.state,
    waves: current.waves.map((wave) => (wave.region === of.region ? edit(wave) : wave)),
  }));
}

function change(
  document: RolloutDocument,
  nowMs: number,
  edit: (current: Rollout) => Rollout,
): RolloutDocument {
  if (document.current === undefined) return document;
  return { ...document, current: { ...edit(document.current), movedAtMs: nowMs } };
}

function withEnd(
  document: RolloutDocument,
  state: Rollout['state'],
  nowMs: number,
): RolloutDocument {
  return change(document, nowMs, (current) => ({ ...current, state, endedAtMs: nowMs }));
}

/** A copy that lacks these fields: an absent field and one that is `undefined` are not the same. */
function without<T extends object, Key extends keyof T>(
  value: T,
  ...keys: readonly Key[]
): Omit<T, Key> {
  const kept = { ...value };
  for (const key of keys) Reflect.deleteProperty(kept, key);
  return kept;
}
