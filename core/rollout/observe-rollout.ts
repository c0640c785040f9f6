import { journalKeys } from '../contract/journal.ts';
import { repositoryIn } from '../contract/repository-in.ts';
import { messageOf } from '../errors.ts';
import { type Lease, readLease } from '../lease.ts';
import { readServing, type Serving } from '../serving.ts';
import { type Candidate, findCandidate } from './find-candidate.ts';
import type { RolloutEvent } from './rollout-event.ts';
import type { RolloutPorts } from './rollout-ports.ts';
import {
  activeWave,
  emptyRolloutDocument,
  isUnderWay,
  nextWave,
  type RolloutDocument,
} from './rollout-state.ts';
import type { ObservedService } from './service-health.ts';

/** Everything a step of a rollout depends on. */
export interface RolloutObserved {
  readonly document: RolloutDocument;
  readonly version: number | undefined;
  readonly serving: Serving;
  readonly lease: Lease;
  readonly services: readonly ObservedService[];
  /** The image that could be rolled out; looked for only when the answer matters. */
  readonly candidate: Candidate | undefined;
  /** Regions whose registry has no manifest of the image in question, or gave no answer. */
  readonly missingIn: readonly string[];
}

/** Reads the journal, the services of all regions and, when it matters, the registries. */
export async function observeRollout(
  ports: RolloutPorts,
  event: RolloutEvent,
): Promise<RolloutObserved> {
  const { app, application } = event;
  const [found, serving, lease, services] = await Promise.all([
    ports.journal.read<RolloutDocument>(journalKeys.rollout(app)),
    readServing(ports.journal, app, application),
    readLease(ports.journal, app, ports.clock.nowMs()),
    observeServices(ports, event),
  ]);
  const document = found?.body ?? emptyRolloutDocument;
  const candidate = await findCandidate(ports, { event, document, services });
  return {
    document,
    version: found?.version,
    serving: serving.body,
    lease,
    services,
    candidate,
    missingIn: await missingRegions(ports, event, {
      document,
      candidate,
      active: serving.body.active,
    }),
  };
}

async function observeServices(
  ports: RolloutPorts,
  { application }: RolloutEvent,
): Promise<readonly ObservedService[]> {
  const wanted = application.regions.flatMap((region) =>
    Object.entries(application.services).map(([name, { cluster, service, container }]) => ({
      name,
      ref: { region, cluster, service, container },
    })),
  );
  return Promise.all(
    wanted.map(async (of) => {
      try {
        return { ...of, state: await ports.services.describe(of.ref) };
      } catch (error) {
        // A region that gives no answer is a fact to decide on: the rollout waits, then halts.
        return { ...of, state: undefined, failure: messageOf(error) };
      }
    }),
  );
}

/** The journal's word is checked against the registries right before a region needs the image. */
async function missingRegions(
  ports: RolloutPorts,
  { application }: RolloutEvent,
  of: { document: RolloutDocument; candidate: Candidate | undefined; active: string },
): Promise<readonly string[]> {
  const { current } = of.document;
  const next = isUnderWay(current) ? nextRegion(current, of.active) : application.regions;
  const digest = isUnderWay(current) ? current.digest : of.candidate?.digest;
  if (digest === undefined) return [];
  const looked = await Promise.all(
    next.map(async (region) => {
      try {
        const registry = ports.images.in(region);
        const found = await registry.manifest(repositoryIn(application, region), digest);
        return { region, isMissing: found === undefined };
      } catch (error) {
        ports.logger.warn(`The registry in ${region} gave no answer.`, { cause: messageOf(error) });
        return { region, isMissing: true };
      }
    }),
  );
  return looked.filter(({ isMissing }) => isMissing).map(({ region }) => region);
}

function nextRegion(
  current: NonNullable<RolloutDocument['current']>,
  active: string,
): readonly string[] {
  if (current.state === 'ROLLING_BACK' || activeWave(current) !== undefined) return [];
  const wave = nextWave(current, active);
  return wave === undefined ? [] : [wave.region];
}
