import { type FailoverPlan, planFailover } from '../core/failover/failover-plan.ts';
import { observeFailover } from '../core/failover/observe-failover.ts';
import { readServing } from '../core/serving.ts';
import { CommandError, exitCode } from './exit-code.ts';
import { type Output, table } from './output.ts';
import type { Target } from './target.ts';

/** Where a move goes: back to the first region, or away from the one that serves. */
export async function moveTo(target: Target, app: string, kind: 'run' | 'back'): Promise<string> {
  const application = target.requireApplication(app);
  if (application.failover === undefined || application.traffic === undefined) {
    throw new CommandError(exitCode.usage, `${app} has no failover section in the fleet file.`);
  }
  const { body } = await readServing(target.ports.journal, app, application);
  const to =
    kind === 'back'
      ? application.regions[0]
      : application.regions.find((region) => region !== body.active);
  if (to === undefined) throw new CommandError(exitCode.usage, `${app} has no other region.`);
  return to;
}

/** The steps and gates of a move now, as the region that takes over sees them. */
export async function planMove(
  target: Target,
  app: string,
  to: string,
  mode: 'planned' | 'forced' = 'planned',
): Promise<FailoverPlan> {
  const ports = target.portsIn(to);
  const request = { kind: 'run', to, mode, reason: 'plan', id: 'plan', actor: 'plan' } as const;
  const event = { app, cause: 'operator', request } as const;
  const observed = await observeFailover(target.fleet, ports, event);
  if (observed.target === undefined) {
    throw new CommandError(exitCode.usage, `${app} does not run in ${to}.`);
  }
  const options = { mode, nowMs: target.nowMs() };
  return planFailover({ ...observed, target: observed.target }, options);
}

/** Prints a plan for a person to judge. */
export function showPlan(output: Output, app: string, plan: FailoverPlan): void {
  const gates = plan.gates.map(({ code, isPassed, isSoft, text }) => [
    isPassed ? '  pass' : isSoft ? '  warn' : '  FAIL',
    code,
    text,
  ]);
  const steps = plan.steps.map(({ name, text }, index) => [`  ${index + 1}`, name, text]);
  const verdict = plan.isOpen ? 'It would start now.' : 'It would be refused now.';
  output.data(
    { app, plan },
    `${app}: ${plan.from} -> ${plan.to} (${plan.mode})\n\nGates\n${table(gates)}\n\n` +
      `Steps\n${table(steps)}\n\n${verdict}`,
  );
}
