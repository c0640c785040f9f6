import type { Application, Fleet } from '../contract/fleet.ts';
import { journalKeys } from '../contract/journal.ts';
import { targetsOf } from '../contract/replication-engine.ts';
import { repositoryIn } from '../contract/repository-in.ts';
import type { Reason } from '../decision.ts';
import type { FailoverState } from '../failover/failover-state.ts';
import type { UsedImage } from '../image-use.ts';
import type { ReplicatedImage } from '../replicated-image.ts';
import { freezeAt } from '../rollout/decide-start.ts';
import { isUnderWay, type RolloutDocument } from '../rollout/rollout-state.ts';
import type { DeletionEvent } from './deletion-event.ts';
import type { DeletionPorts } from './deletion-ports.ts';

/** What the journal says that applications of one repository may go back to. */
export interface ObservedNeeds {
  /** Why nothing at all is deleted now; undefined when nothing is in the way. */
  readonly busy: Reason | undefined;
  /** Fails when ECS there gives no answer. */
  readonly in: (region: string) => Promise<readonly UsedImage[]>;
  /** Which of these images another application pushed in this region itself, and which one. */
  readonly ownedIn: (
    region: string,
    digests: readonly string[],
  ) => Promise<ReadonlyMap<string, string>>;
}

interface Sharer {
  readonly app: string;
  readonly application: Application;
  readonly rollout: RolloutDocument | undefined;
  readonly failover: FailoverState | undefined;
}

/** Reads the rollouts and moves of every application that runs images of this repository. */
export async function observeNeeds(
  ports: DeletionPorts,
  fleet: Fleet,
  { application }: DeletionEvent,
): Promise<ObservedNeeds> {
  const sharing = Object.entries(fleet.applications).filter(([, other]) =>
    targetsOf(application).some((region) => isShared(application, other, region)),
  );
  const sharers = await Promise.all(
    sharing.map(async ([app, of]): Promise<Sharer> => {
      const [rollout, failover] = await Promise.all([
        ports.journal.read<RolloutDocument>(journalKeys.rollout(app)),
        ports.journal.read<FailoverState>(journalKeys.failover(app)),
      ]);
      return { app, application: of, rollout: rollout?.body, failover: failover?.body };
    }),
  );
  const nowMs = ports.clock.nowMs();
  return {
    busy: sharers.map((sharer) => busyWith(sharer, nowMs)).find((each) => each !== undefined),
    in: async (region) => {
      const needs = sharers.map((sharer) => needsOf(ports, region, sharer));
      return (await Promise.all(needs)).flat();
    },
    ownedIn: async (region, digests) => {
      const homed = sharers.filter(
        (sharer) =>
          sharer.application.home === region && isShared(application, sharer.application, region),
      );
      const owned = homed.map(({ app }) => pushedBy(ports, app, digests));
      return new Map((await Promise.all(owned)).flat());
    },
  };
}

/** Whether both run images of one repository there. */
function isShared(one: Application, other: Application, region: string): boolean {
  return (
    other.regions.includes(region) && repositoryIn(one, region) === repositoryIn(other, region)
  );
}

function busyWith({ app, application, rollout, failover }: Sharer, nowMs: number) {
  if (failover?.phase === 'moving') {
    return { code: 'TRAFFIC_MOVES', text: `Traffic of ${app} is moving to another region.` };
  }
  const { current } = rollout ?? {};
  if (isUnderWay(current)) {
    return { code: 'ROLLOUT_UNDER_WAY', text: `${app} ${current.tag} is being rolled out.` };
  }
  const frozen = freezeAt(application.freeze, nowMs);
  if (frozen === undefined) return undefined;
  const until = frozen.text.replace('No rollout starts', 'Nothing is deleted');
  return { code: 'FROZEN', text: until };
}

/** The newest rollout can be taken back at any time, also when it is long over. */
async function needsOf(
  ports: DeletionPorts,
  region: string,
  { app, application, rollout, failover }: Sharer,
): Promise<readonly UsedImage[]> {
  const { current, completed, next } = rollout ?? {};
  const by = `A rollback of ${app}`;
  const repository = repositoryIn(application, region);
  const digests = [
    ...(current === undefined ? [] : [current.digest, ...current.supersedes]),
    ...[current?.before, completed, next].flatMap((image) => image?.digest ?? []),
  ];
  const waves = (current?.waves ?? []).filter((wave) => wave.region === region);
  const revisions = waves
    .flatMap(({ services }) => Object.values(services))
    .flatMap((each) => [each.previousTaskDefinition, each.taskDefinition ?? '']);
  const deployed = await Promise.all(
    revisions
      .filter((name) => name !== '')
      .map((name) => ports.imageUse.inTaskDefinition(region, name)),
  );
  const remembered = Object.values(failover?.remembered?.services ?? {});
  return [
    ...digests.map((digest) => ({ image: `${repository}@${digest}`, by })),
    ...deployed.flat().map((image) => ({ image, by })),
    ...remembered.map(({ image }) => ({ image, by: `A failover of ${app}` })),
  ];
}

/** In a two-way fleet the other home pushes to the same repository. */
async function pushedBy(
  ports: DeletionPorts,
  app: string,
  digests: readonly string[],
): Promise<readonly (readonly [string, string])[]> {
  const found = await Promise.all(
    digests.map(async (digest) => {
      const key = journalKeys.image(app, digest);
      const copies = (await ports.journal.read<ReplicatedImage>(key))?.body.copies ?? {};
      const isSent = Object.values(copies).some(({ state }) => state === 'whole');
      return isSent ? [[digest, app] as const] : [];
    }),
  );
  return found.flat();
}
