import { digestOf } from '../image-uri.ts';
import { capacityFloors, servicesWithoutTasks } from './failover-capacity.ts';
import type { Assessment } from './quorum.ts';
import type { MoveMode } from './failover-state.ts';
import type { ObservedFailover, ObservedTarget } from './observed-failover.ts';

/** Something that must be true before traffic moves. */
export interface Gate {
  readonly code: string;
  readonly isPassed: boolean;
  readonly text: string;
  /** A forced move goes past it. */
  readonly isSoft: boolean;
}

const DAY_MS = 86_400_000;

/** Gates of a move's start, in the order in which one speaks for all. */
export function startGates(
  observed: ObservedFailover & { readonly target: ObservedTarget },
  assessment: Assessment,
  { mode, nowMs }: { readonly mode: MoveMode; readonly nowMs: number },
): readonly Gate[] {
  const automatic = mode === 'automatic' ? automationGates(observed, nowMs) : [];
  const data = mode === 'automatic' ? [] : dataGates(observed);
  return [...automatic, ...targetGates(observed, assessment), ...data];
}

/** The first gate that forbids a move in this mode. */
export function closedGate(gates: readonly Gate[], mode: MoveMode): Gate | undefined {
  return gates.find(({ isPassed, isSoft }) => !isPassed && !(isSoft && mode === 'forced'));
}

/** What damps automation: an operator's request needs none of these. */
function automationGates({ application, state }: ObservedFailover, nowMs: number): readonly Gate[] {
  const { failover } = application;
  const flips = automaticFlips(state.flips, nowMs);
  const budget = failover?.maxFlipsPerDay ?? 0;
  const { hold, cooldownUntilMs = 0 } = state;
  const until = new Date(cooldownUntilMs).toISOString();
  return [
    {
      code: 'NOT_AUTOMATIC',
      isPassed: failover?.automatic === true,
      text: 'Automatic failover is off for this application: a person decides.',
      isSoft: true,
    },
    {
      code: 'HELD',
      isPassed: hold === undefined,
      text: `Automatic failover is held by ${hold?.actor ?? 'nobody'}: ${hold?.reason ?? ''}.`,
      isSoft: true,
    },
    {
      code: 'COOLDOWN',
      isPassed: nowMs >= cooldownUntilMs,
      text: `The last automatic flip cools down until ${until}.`,
      isSoft: true,
    },
    {
      code: 'FLIP_BUDGET_SPENT',
      isPassed: flips < budget,
      text: `${flips} automatic flips within a day are all that the fleet file allows.`,
      isSoft: true,
    },
  ];
}

function targetGates(
  observed: ObservedFailover & { readonly target: ObservedTarget },
  assessment: Assessment,
): readonly Gate[] {
  const { target } = observed;
  const { region } = target;
  const floors = capacityFloors(observed, target);
  const services = Object.entries(target.services);
  const missing = services.filter(([, service]) => service === undefined).map(([name]) => name);
  const stuck = services.filter(([, service]) => service?.canPull === false);
  const images = stuck.map(([name, service]) => `${name} (${shortImage(service?.image ?? '')})`);
  return [
    {
      code: 'TARGET_SERVICE_MISSING',
      isPassed: missing.length === 0,
      text: `${region} does not run ${missing.join(', ')}.`,
      isSoft: false,
    },
    {
      code: 'TARGET_UNHEALTHY',
      // Who has no task answers nobody: the move starts tasks first, and waits until they are seen.
      isPassed: assessment.target === 'healthy' || servicesWithoutTasks(floors, target).length > 0,
      text: `${region} is not seen healthy by two regions, one of them outside it.`,
      isSoft: true,
    },
    {
      code: 'IMAGE_PARITY_MISSING',
      isPassed: stuck.length === 0,
      text: `${region} could not pull what it runs: ${images.join(', ')}.`,
      isSoft: true,
    },
  ];
}

/** Alarms on the data must be OK; functions that promote it run later, in their turn. */
export function dataGates({
  application,
  target,
}: ObservedFailover & { readonly target: ObservedTarget }): readonly Gate[] {
  return (application.failover?.data ?? []).flatMap((step): readonly Gate[] => {
    if (!('alarm' in step)) return [];
    const state = target.alarms[step.alarm];
    const text = `Alarm ${step.alarm} in ${target.region} is ${state ?? 'missing'}, not OK.`;
    return [{ code: 'DATA_NOT_READY', isPassed: state === 'OK', text, isSoft: true }];
  });
}

/** How many flips automation made within the last day. */
export function automaticFlips(
  flips: readonly { readonly atMs: number; readonly mode: MoveMode }[],
  nowMs: number,
): number {
  return flips.filter(({ atMs, mode }) => mode === 'automatic' && nowMs - atMs < DAY_MS).length;
}

function shortImage(image: string): string {
  return digestOf(image)?.slice(0, 19) ?? image;
}
