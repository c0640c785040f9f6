import type { Application, Fleet } from '../contract/fleet.ts';
import { repositoryIn } from '../contract/repository-in.ts';
import { readLease } from '../lease.ts';
import type { AlarmState, ServiceRef } from '../ports.ts';
import { canPullLocally } from './can-pull-locally.ts';
import { readEvidence } from './evidence.ts';
import type { FailoverSight } from './failover-ports.ts';
import { type FailoverState, readFailover, type Remembered } from './failover-state.ts';
import type {
  FailoverEvent,
  ObservedFailover,
  ObservedTarget,
  TargetService,
} from './observed-failover.ts';
import { probeUrl } from './probe-regions.ts';

/**
 * Reads what a failover decision needs and no more: in quiet times two documents. The active
 * region is asked only by its own function; a region that may be gone is never waited for.
 */
export async function observeFailover(
  fleet: Fleet,
  ports: FailoverSight,
  event: FailoverEvent,
): Promise<ObservedFailover> {
  const { app } = event;
  const application = fleet.applications[app];
  if (application === undefined) throw new Error(`the fleet has no application ${app}`);
  const [found, evidence] = await Promise.all([
    readFailover(ports.journal, app, application),
    readEvidence(ports.journal, app),
  ]);
  const { state, version } = found;
  const to = destinationOf(event, application, state);
  const isQuiet = to === undefined && state.active === ports.region;
  const [own, target, lease] = await Promise.all([
    isQuiet ? rememberOwn(ports, application) : undefined,
    to === undefined ? undefined : observeTarget(ports, { application, state, to }),
    state.move === undefined ? undefined : readLease(ports.journal, app, ports.clock.nowMs()),
  ]);
  return {
    region: ports.region,
    application,
    state,
    version,
    observers: Object.keys(fleet.regions),
    evidence,
    ...(own === undefined ? {} : { own }),
    ...(target === undefined ? {} : { target }),
    ...(lease === undefined ? {} : { lease }),
  };
}

/** The region a move goes to, once one is in question; never the one that may be gone. */
function destinationOf(
  { request }: FailoverEvent,
  { regions }: Application,
  state: FailoverState,
): string | undefined {
  if (request?.kind === 'run') return regions.includes(request.to) ? request.to : undefined;
  if (request?.kind === 'back') return regions[0];
  if (state.target !== undefined) return state.target;
  if (state.quorumSinceMs === undefined) return undefined;
  return regions.find((region) => region !== state.active);
}

async function rememberOwn(ports: FailoverSight, application: Application): Promise<Remembered> {
  const { region } = ports;
  const found = await Promise.all(
    Object.entries(application.services).map(async ([name, service]) => {
      const live = await ports.services.describe({ region, ...service });
      return live === undefined ? [] : [[name, { desired: live.desired, image: live.image }]];
    }),
  );
  return { region, services: Object.fromEntries(found.flat()) as Remembered['services'] };
}

interface TargetQuestion {
  readonly application: Application;
  readonly state: FailoverState;
  readonly to: string;
}

async function observeTarget(
  ports: FailoverSight,
  { application, state, to: region }: TargetQuestion,
): Promise<ObservedTarget> {
  const repository = repositoryIn(application, region);
  const [services, alarms, traffic] = await Promise.all([
    Promise.all(
      Object.entries(application.services).map(async ([name, { cluster, service, container }]) => {
        const ref = { region, cluster, service, container };
        return [name, await observeTargetService(ports, ref, repository)] as const;
      }),
    ),
    observeAlarms(ports, application, region),
    state.move?.step === 'verify' ? observeTraffic(ports, application, region) : undefined,
  ]);
  return {
    region,
    services: Object.fromEntries(services),
    alarms,
    ...(traffic === undefined ? {} : { traffic }),
  };
}

async function observeTargetService(
  ports: FailoverSight,
  ref: ServiceRef,
  repository: string,
): Promise<TargetService | undefined> {
  const live = await ports.services.describe(ref);
  if (live?.status !== 'ACTIVE') return undefined;
  const [healthy, canPull] = await Promise.all([
    ports.services.healthyTargets(ref),
    canPullLocally(ports.images, live.image, { region: ref.region, repository }),
  ]);
  return { desired: live.desired, healthy, image: live.image, canPull };
}

async function observeAlarms(
  ports: FailoverSight,
  { failover }: Application,
  region: string,
): Promise<Readonly<Record<string, AlarmState | undefined>>> {
  const names = (failover?.data ?? []).flatMap((step) => ('alarm' in step ? [step.alarm] : []));
  const found = await Promise.all(
    names.map(async (name) => [name, await ports.alarms.state(region, name)] as const),
  );
  return Object.fromEntries(found);
}

/** Whether users who ask now are sent to the target, and whether it answers them. */
async function observeTraffic(
  ports: FailoverSight,
  { traffic }: Application,
  region: string,
): Promise<{ isProbeOk: boolean; isAnswered: boolean }> {
  if (traffic === undefined) return { isProbeOk: false, isAnswered: false };
  const host = traffic.endpoints[region]?.host ?? '';
  const [probe, answered, own] = await Promise.all([
    ports.probes.http(probeUrl(traffic, region)),
    ports.probes.addresses(traffic.record),
    ports.probes.addresses(host),
  ]);
  // Load balancers have several addresses and DNS gives some of them: one in common is enough.
  const isAnswered = (answered ?? []).some((address) => own?.includes(address) === true);
  return { isProbeOk: probe.ok, isAnswered };
}
