import { describe, expect, test } from '@jest/globals';
import { Faults } from '../../sandbox/faults.ts';
import type { FaultSpec } from '../../sandbox/faults.ts';
import { VirtualDriver } from '../../sandbox/virtual-driver.ts';
import { World } from '../../sandbox/world.ts';

const region = 'us-east-1';

async function arrivals(spec: FaultSpec, source = 'aws.ecr', count = 1) {
  const world = new World({ seed: 3, startMs: 0 });
  const faults = new Faults(world);
  faults.add(spec);
  const found: { event: number; atMs: number }[] = [];
  for (let event = 0; event < count; event += 1) {
    faults.passEvent(region, source, () => found.push({ event, atMs: world.nowMs() }));
  }
  await new VirtualDriver(world).runFor(100_000);
  return found;
}

describe('events', () => {
  test('are dropped where they are lost, and nowhere else', async () => {
    expect(await arrivals({ kind: 'event-drop', region })).toEqual([]);
    expect(await arrivals({ kind: 'event-drop', region: 'us-west-2' })).toHaveLength(1);
    expect(await arrivals({ kind: 'event-drop', region, source: 'aws.ecs' })).toHaveLength(1);
  });

  test('come twice', async () => {
    expect(await arrivals({ kind: 'event-duplicate', region })).toHaveLength(2);
  });

  test('come late, within the delay, and in another order', async () => {
    const found = await arrivals({ kind: 'event-delay', region, ms: 60_000 }, 'aws.ecr', 10);
    expect(found).toHaveLength(10);
    expect(Math.max(...found.map(({ atMs }) => atMs))).toBeLessThanOrEqual(60_000);
    const order = found.map(({ event }) => event);
    expect(order).not.toEqual(order.toSorted((one, other) => one - other));
  });

  test('are hit by chance where the fault has a rate', async () => {
    const found = await arrivals({ kind: 'event-drop', region, rate: 0.5 }, 'aws.ecr', 100);
    expect(found.length).toBeGreaterThan(30);
    expect(found.length).toBeLessThan(70);
  });
});

describe('functions and metrics', () => {
  const faultsOf = (spec: FaultSpec) => {
    const faults = new Faults(new World({ seed: 1, startMs: 0 }));
    faults.add(spec);
    return faults;
  };
  const call = { region, function: 'sweep', service: 'sns', operation: 'Publish' };

  test('a function dies after the call that was named', () => {
    const faults = faultsOf({ kind: 'function-kill', region, function: 'sweep', service: 'sns' });
    expect(faults.killsAfter(call)).toBe(true);
    expect(faults.killsAfter({ ...call, service: 'sqs' })).toBe(false);
    expect(faults.killsAfter({ ...call, function: 'probe-regions' })).toBe(false);
    expect(faults.killsAfter({ ...call, region: 'us-west-2' })).toBe(false);
  });

  test('a function is frozen for the time that was given', () => {
    const faults = faultsOf({ kind: 'function-freeze', region, ms: 5_000 });
    expect([faults.freezeMs(call), faults.freezeMs({ ...call, region: 'x' })]).toEqual([5_000, 0]);
  });

  test('clocks, metrics and capacity fail in one region only', () => {
    expect(faultsOf({ kind: 'clock-skew', region, ms: -2_000 }).skewMs(region, 'sweep')).toBe(
      -2_000,
    );
    const gap = faultsOf({ kind: 'metric-gap', region, namespace: 'AWS/ECS' });
    expect([gap.losesMetric(region, 'AWS/ECS'), gap.losesMetric(region, 'Other')]).toEqual([
      true,
      false,
    ]);
    const full = faultsOf({ kind: 'no-capacity', region });
    expect([full.hasCapacity(region), full.hasCapacity('us-west-2')]).toEqual([false, true]);
  });
});
