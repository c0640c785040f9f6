import type { Application } from './fleet.ts';
import type { FleetProblem } from './fleet-problem.ts';
import type { ScalingPolicy, ScalingStep } from './fleet-scaling.ts';

type Metric = NonNullable<ScalingPolicy['metric']>;

/** Rules of a step scaling policy, as Application Auto Scaling has them; paths relative to it. */
export function checkScaling(application: Application, policy: ScalingPolicy): FleetProblem[] {
  return [
    ...checkTarget(application, policy),
    ...(policy.metric === undefined ? [] : checkMetric(policy.metric)),
    ...checkAdjustment(policy),
    ...checkBounds(policy.steps),
    ...checkDirection(policy),
  ];
}

function checkTarget(application: Application, policy: ScalingPolicy): FleetProblem[] {
  const problems: FleetProblem[] = [];
  const services = Object.keys(application.services);
  if (!services.includes(policy.service)) {
    const message = `there is no service ${policy.service} in this application`;
    problems.push({ path: ['service'], message, remedy: `use one of ${services.join(', ')}` });
  }
  if ((policy.metric === undefined) === (policy.alarm === undefined)) {
    const message = 'a policy watches either a metric or an alarm of yours';
    const remedy =
      policy.metric === undefined
        ? 'add metric, or alarm with the name of your alarm'
        : 'remove metric or alarm';
    problems.push({ path: [], message, remedy });
  }
  return problems;
}

function checkMetric({ period, evaluate }: Metric): FleetProblem[] {
  const problems: FleetProblem[] = [];
  const isShort = [10_000, 20_000, 30_000].includes(period);
  if (!isShort && (period === 0 || period % 60_000 !== 0)) {
    const message = 'CloudWatch has no such period';
    const remedy = 'write 10s, 20s, 30s or whole minutes';
    problems.push({ path: ['metric', 'period'], message, remedy });
  }
  if (evaluate.datapoints > evaluate.of) {
    const message = `${evaluate.datapoints} of ${evaluate.of} datapoints can never breach`;
    const remedy = `write at most ${evaluate.of}`;
    problems.push({ path: ['metric', 'evaluate', 'datapoints'], message, remedy });
  }
  const windowMsMax = 7 * 86_400_000;
  if (evaluate.of * period > windowMsMax) {
    const message = 'CloudWatch evaluates at most 7 days';
    const remedy = 'use fewer datapoints or a shorter period';
    problems.push({ path: ['metric', 'evaluate', 'of'], message, remedy });
  }
  return problems;
}

function checkAdjustment({ adjustment, steps, minMagnitude }: ScalingPolicy): FleetProblem[] {
  const problems: FleetProblem[] = [];
  if (minMagnitude !== undefined && adjustment !== 'percent') {
    const message = `minMagnitude has no meaning with adjustment ${adjustment}`;
    problems.push({ path: ['minMagnitude'], message, remedy: 'remove it, or use percent' });
  }
  for (const [index, { by }] of steps.entries()) {
    const path = ['steps', index, 'by'];
    if (adjustment === 'exact' && by < 0) {
      const message = `a service cannot run exactly ${by} tasks`;
      problems.push({ path, message, remedy: 'write 0 or more' });
    }
    if (adjustment !== 'percent' && !Number.isInteger(by)) {
      problems.push({ path, message: `${by} is not whole`, remedy: 'write whole tasks' });
    }
  }
  return problems;
}

function checkBounds(steps: readonly ScalingStep[]): FleetProblem[] {
  const path = ['steps'];
  const problems = steps.flatMap(({ from, to }, index): FleetProblem[] => {
    if (from === undefined && to === undefined && steps.length > 1) {
      const message = 'a step without bounds leaves no room for others';
      return [{ path: [...path, index], message, remedy: 'give it from or to' }];
    }
    if (from === undefined && to === undefined) {
      const message = 'a step needs from or to';
      return [{ path: [...path, index], message, remedy: 'write from: 0 or to: 0' }];
    }
    if (from === undefined || to === undefined || to > from) return [];
    const message = `to ${to} is not above from ${from}`;
    return [{ path: [...path, index, 'to'], message, remedy: `write more than ${from}` }];
  });
  const sorted = steps.toSorted((one, other) => lower(one) - lower(other));
  const openings = {
    from: steps.filter((step) => step.from === undefined),
    to: steps.filter((step) => step.to === undefined),
  };
  for (const [open, found] of Object.entries(openings)) {
    if (found.length < 2) continue;
    const message = `several steps have no ${open}`;
    problems.push({ path, message, remedy: `leave ${open} out of one step only` });
  }
  if (problems.length > 0) return problems;
  for (const [index, step] of sorted.entries()) {
    const next = sorted[index + 1];
    if (next === undefined || upper(step) === lower(next)) continue;
    const kind = upper(step) > lower(next) ? 'overlap' : 'leave a gap';
    const message = `the steps ${kind} between ${upper(step)} and ${lower(next)}`;
    problems.push({ path, message, remedy: 'let each step start where the one before ends' });
  }
  return [...problems, ...checkOpenEnds(sorted)];
}

function checkOpenEnds(sorted: readonly ScalingStep[]): FleetProblem[] {
  const [first, last] = [sorted[0], sorted.at(-1)];
  const path = ['steps'];
  if (first?.from !== undefined && first.from < 0) {
    const message = `nothing is said for a metric more than ${-first.from} below the threshold`;
    return [{ path, message, remedy: `add a step { to: ${first.from}, by: ... }` }];
  }
  if (last?.to !== undefined && last.to > 0) {
    const message = `nothing is said for a metric more than ${last.to} above the threshold`;
    return [{ path, message, remedy: `add a step { from: ${last.to}, by: ... }` }];
  }
  return [];
}

/** A step on the other side of the threshold could never apply: its alarm is quiet there. */
function checkDirection({ metric, steps }: ScalingPolicy): FleetProblem[] {
  if (metric === undefined) return [];
  const isAbove = metric.comparison === 'above' || metric.comparison === 'at-or-above';
  return steps.flatMap((step, index): FleetProblem[] => {
    const isReached = isAbove ? upper(step) > 0 : lower(step) < 0;
    if (isReached) return [];
    const message = `this step lies on the side where "${metric.comparison}" does not breach`;
    const remedy = isAbove ? 'use bounds of 0 and more' : 'use bounds of 0 and less';
    return [{ path: ['steps', index], message, remedy }];
  });
}

const lower = ({ from }: ScalingStep): number => from ?? -Infinity;
const upper = ({ to }: ScalingStep): number => to ?? Infinity;
