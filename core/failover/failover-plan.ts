import { capacityFloors, capacityLacking, countsToRaise } from './failover-capacity.ts';
import { assess } from './failover-context.ts';
import { dataGates, type Gate, startGates } from './failover-gates.ts';
import type { MoveMode } from './failover-state.ts';
import type { ObservedFailover, ObservedTarget } from './observed-failover.ts';

/** What a move would do, in order, and whether each gate would let it pass now. */
export interface FailoverPlan {
  readonly from: string;
  readonly to: string;
  readonly mode: MoveMode;
  readonly gates: readonly Gate[];
  readonly steps: readonly PlannedStep[];
  /** Whether the move would start now. */
  readonly isOpen: boolean;
}

interface PlannedStep {
  readonly name: 'scale' | 'capacity' | 'data' | 'latch' | 'verify';
  readonly text: string;
}

/** Lists the steps and gates of a move without taking any. */
export function planFailover(
  observed: ObservedFailover & { readonly target: ObservedTarget },
  { mode, nowMs }: { readonly mode: MoveMode; readonly nowMs: number },
): FailoverPlan {
  const { state, target, application } = observed;
  const assessment = assess(observed, nowMs);
  const floors = capacityFloors(observed, target);
  const raised = Object.entries(countsToRaise(floors, target));
  const lacking = capacityLacking(floors, target);
  const isEnough = lacking.length === 0;
  const gates: readonly Gate[] = [
    ...startGates(observed, assessment, { mode, nowMs }),
    ...(mode === 'automatic' ? dataGates(observed) : []),
    {
      code: 'NO_CAPACITY',
      // Raising what is too low is the first step, so only a count that is set already can fail.
      isPassed: isEnough || raised.length > 0,
      text: isEnough ? 'There are enough healthy targets.' : `Healthy: ${lacking.join(', ')}.`,
      isSoft: true,
    },
  ];
  const raise = raised.map(([name, count]) => `${name} to ${count}`).join(', ');
  const latch = target.region === application.regions[0] ? 'opened' : 'closed';
  const steps: readonly PlannedStep[] = [
    { name: 'scale', text: raise === '' ? 'No service needs more tasks.' : `Raise ${raise}.` },
    { name: 'capacity', text: `Wait for healthy targets: ${listOf(floors)}.` },
    ...(application.failover?.data ?? []).map((step): PlannedStep => {
      const text = 'alarm' in step ? `Alarm ${step.alarm} is OK.` : `Invoke ${step.invoke}.`;
      return { name: 'data', text };
    }),
    { name: 'latch', text: `The latch of ${application.regions[0] ?? ''} is ${latch}.` },
    { name: 'verify', text: `DNS answers with ${target.region}, and it answers our probe.` },
  ];
  const isOpen = gates.every(({ isPassed, isSoft }) => isPassed || (isSoft && mode === 'forced'));
  return { from: state.active, to: target.region, mode, gates, steps, isOpen };
}

function listOf(floors: Readonly<Record<string, number>>): string {
  return Object.entries(floors)
    .map(([name, floor]) => `${name} ${floor}`)
    .join(', ');
}
