import type { Application, Fleet } from '../contract/fleet.ts';
import { journalKeys } from '../contract/journal.ts';
import { names } from '../contract/names.ts';
import type { ControlLoop } from '../control-loop.ts';
import type { Outcome } from '../decision.ts';
import { parseEvent } from '../events/parse-event.ts';
import { readLease } from '../lease.ts';
import type { ControlPorts, Ports, ServiceRef } from '../ports.ts';
import { readServing, type Serving } from '../serving.ts';
import { decideScaling, type ScalingDecision } from './decide-scaling.ts';
import { describeScaling } from './describe-scaling.ts';
import type { ObservedPolicy, ObservedService, ScalingEvent } from './observed-service.ts';
import { readScalingState } from './scaling-state.ts';

/** Tasks stay this long after a move of traffic when no failover policy says otherwise, in ms. */
const HOLD_AFTER_MOVE_MS = 1_800_000;

/** What scaling reads and changes. */
export type ScalingPorts = ControlPorts & Pick<Ports, 'services' | 'alarms'>;

/** Sets desired counts of the services of one region, on alarms and on what became of them. */
export function scalingLoop(
  fleet: Fleet,
  ports: ScalingPorts,
): ControlLoop<ScalingEvent, ObservedService, ScalingDecision> {
  return {
    name: 'scaling',
    silentMsMax: 30_000,
    parse: (raw) => scalingEvents(fleet, ports.region, raw),
    observe: (event) => observeService(fleet, ports, event),
    decide: decideScaling,
    act: (decision, observed) => actOnService(fleet, ports, decision, observed),
    describe: describeScaling,
  };
}

/** Services of this region that an event is about. */
function scalingEvents(fleet: Fleet, region: string, raw: unknown): readonly ScalingEvent[] {
  const event = parseEvent(raw);
  if (event?.kind === 'wake') {
    const { app, cause, subject } = event;
    return scaledServices(fleet, region, app)
      .filter((service) => subject === undefined || subject === `${region}/${service}`)
      .map((service) => ({ app, service, cause }));
  }
  if (event?.kind !== 'alarm-changed' || event.region !== region) return [];
  const alarm = {
    name: event.alarmName,
    state: event.state.value,
    atMs: event.state.atMs,
    ...(event.silencedBy === undefined ? {} : { silencedBy: event.silencedBy }),
  };
  return Object.entries(fleet.applications).flatMap(([app, application]) =>
    scaledServices(fleet, region, app)
      .filter((service) =>
        policiesOf(fleet, app, application, service).some(
          ({ alarmName }) => alarmName === event.alarmName,
        ),
      )
      .map((service) => ({ app, service, cause: 'alarm' as const, alarm })),
  );
}

function scaledServices(fleet: Fleet, region: string, app: string): readonly string[] {
  const application = fleet.applications[app];
  if (application?.regions.includes(region) !== true) return [];
  return [...new Set(Object.values(application.scaling).map(({ service }) => service))].sort();
}

function policiesOf(
  fleet: Fleet,
  app: string,
  application: Application,
  service: string,
): readonly Omit<ObservedPolicy, 'alarm'>[] {
  return Object.entries(application.scaling)
    .filter(([, policy]) => policy.service === service)
    .map(([name, policy]) => ({
      name,
      policy,
      alarmName: policy.alarm ?? names.scalingAlarm(fleet.name, app, name),
    }));
}

async function observeService(
  fleet: Fleet,
  ports: ScalingPorts,
  { app, service }: ScalingEvent,
): Promise<ObservedService> {
  const { region } = ports;
  const application = applicationOf(fleet, app);
  const ref = refOf(fleet, app, { service, region });
  const [live, state, lease, serving, policies] = await Promise.all([
    ports.services.describe(ref),
    readScalingState(ports.journal, { app, region, service }),
    readLease(ports.journal, app, ports.clock.nowMs()),
    readServing(ports.journal, app, application),
    Promise.all(
      policiesOf(fleet, app, application, service).map(async (policy) => ({
        ...policy,
        alarm: await ports.alarms.describe(region, policy.alarmName),
      })),
    ),
  ]);
  const bounds = application.services[service] ?? { min: 0, max: 0 };
  return {
    region,
    bounds: { min: bounds.min, max: bounds.max },
    policies,
    live,
    state: state.body,
    version: state.version,
    leaseHolder: lease.holder,
    failoverHoldUntilMs: holdUntilMs(serving.body, application),
  };
}

/** After traffic moved, tasks stay where they are: clients and caches still find their way. */
function holdUntilMs({ phase, movedAtMs }: Serving, { failover }: Application): number {
  if (phase === 'moving') return Infinity;
  return movedAtMs === undefined ? 0 : movedAtMs + (failover?.cooldown ?? HOLD_AFTER_MOVE_MS);
}

/** Writes the change down, then makes it: a crash in between leaves it to be made by the next. */
async function actOnService(
  fleet: Fleet,
  ports: ScalingPorts,
  { app, service, region, action, next, to, reason }: ScalingDecision,
  { version }: ObservedService,
): Promise<Outcome> {
  const key = journalKeys.scaling(app, region, service);
  if (next === undefined) return { status: 'done', text: reason.text };
  let written = version;
  if (action !== 'resume') {
    if (!(await ports.journal.write(key, next, version))) {
      const text = 'Another run decided about this service at the same moment.';
      return { status: 'superseded', text };
    }
    written = (version ?? 0) + 1;
  }
  if (to === undefined) return { status: 'done', text: reason.text };
  await ports.services.setDesiredCount(refOf(fleet, app, { service, region }), to);
  await ports.journal.write(key, { ...next, isPending: false }, written);
  return { status: 'done', text: `The desired count is ${to}.` };
}

function refOf(
  fleet: Fleet,
  app: string,
  { service, region }: { readonly service: string; readonly region: string },
): ServiceRef {
  const found = applicationOf(fleet, app).services[service];
  if (found === undefined) throw new Error(`application ${app} has no service ${service}`);
  return { region, cluster: found.cluster, service: found.service, container: found.container };
}

function applicationOf(fleet: Fleet, app: string): Application {
  const application = fleet.applications[app];
  if (application === undefined) throw new Error(`the fleet has no application ${app}`);
  return application;
}
