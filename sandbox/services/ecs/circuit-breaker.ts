import type { DeploymentCircuitBreaker } from '@aws-sdk/client-ecs';

/** Bounds of the default threshold: half of the desired count, but 3 to 200 tasks. */
const THRESHOLD_MIN = 3;
const THRESHOLD_MAX = 200;

/** How many failed tasks trip the breaker; it follows the latest desired count. */
export function failureThreshold(breaker: DeploymentCircuitBreaker, desiredCount: number): number {
  const { type = 'BOUNDED_PERCENT', value = 50 } = breaker.thresholdConfiguration ?? {};
  if (type === 'COUNT') return value;
  const share = Math.ceil((value / 100) * desiredCount);
  if (type === 'UNBOUNDED_PERCENT') return Math.max(1, share);
  return Math.min(THRESHOLD_MAX, Math.max(THRESHOLD_MIN, share));
}
