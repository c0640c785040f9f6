import type { ScalingPolicy, ScalingStep } from '../contract/fleet-scaling.ts';

/** Which side of the threshold breaches; it decides which bound of a step is inclusive. */
export type BreachSide = 'above' | 'below';

/**
 * The step whose band holds a breach, the metric minus the threshold. As in AWS step scaling, a
 * band above the threshold includes its lower bound, one below it includes its upper bound.
 */
export function stepFor(
  steps: readonly ScalingStep[],
  breach: number,
  side: BreachSide,
): ScalingStep | undefined {
  return steps.find(({ from = -Infinity, to = Infinity }) =>
    side === 'above' ? breach >= from && breach < to : breach > from && breach <= to,
  );
}

/** The count that a step asks for, before the bounds of the service. */
export function adjustedCount(
  { adjustment, minMagnitude }: Pick<ScalingPolicy, 'adjustment' | 'minMagnitude'>,
  base: number,
  by: number,
): number {
  switch (adjustment) {
    case 'exact':
      return by;
    case 'change':
      return Math.max(0, base + by);
    case 'percent':
      return Math.max(0, base + percentChange(base, by, minMagnitude ?? 0));
  }
}

/** A share of a task counts as a task; above one, parts of a task are dropped towards zero. */
function percentChange(base: number, percent: number, magnitudeMin: number): number {
  if (percent === 0) return 0;
  const exact = (base * percent) / 100;
  const rounded = exact !== 0 && Math.abs(exact) < 1 ? Math.sign(exact) : Math.trunc(exact);
  if (Math.abs(rounded) >= magnitudeMin) return rounded;
  return Math.sign(percent) * magnitudeMin;
}
