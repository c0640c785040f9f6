import { expect, test } from '@jest/globals';
import { planFailover } from '../../../core/failover/failover-plan.ts';
import { observeFailover } from '../../../core/failover/observe-failover.ts';
import { FailoverWorld, primary, standby } from './failover-world.ts';

async function planned(world: FailoverWorld, mode: 'planned' | 'forced') {
  const request = { kind: 'run', to: standby, mode, reason: 'x', id: 'x', actor: 'ada' } as const;
  const event = { app: 'storefront', cause: 'operator', request } as const;
  const observed = await observeFailover(world.fleet, world.ports(standby), event);
  if (observed.target === undefined) throw new Error('the target was not looked at');
  return planFailover({ ...observed, target: observed.target }, { mode, nowMs: world.cloud.nowMs });
}

test('lists the steps in order and what each would do', async () => {
  const world = new FailoverWorld();
  await world.pass(120);
  const plan = await planned(world, 'planned');
  expect(plan).toMatchObject({ from: primary, to: standby, isOpen: true });
  expect(plan.steps.map(({ name }) => name)).toEqual(['scale', 'capacity', 'latch', 'verify']);
  expect(plan.steps[0]?.text).toBe('Raise web to 4.');
  expect(world.latchWrites).toEqual([]);
});

test('says which gate is closed; force opens the soft ones', async () => {
  const world = new FailoverWorld();
  world.silent.add(standby);
  await world.pass(120);
  const plan = await planned(world, 'planned');
  expect(plan.isOpen).toBe(false);
  expect(plan.gates.filter(({ isPassed }) => !isPassed).map(({ code }) => code)).toEqual([
    'TARGET_UNHEALTHY',
  ]);
  expect((await planned(world, 'forced')).isOpen).toBe(true);
});
