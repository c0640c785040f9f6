import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { RealTimeDriver } from '../../sandbox/real-time-driver.ts';
import { World } from '../../sandbox/world.ts';

const hour = 3_600_000;

describe('RealTimeDriver', () => {
  test('runs an hour of the world in a moment, and stops', async () => {
    const world = new World({ seed: 1, startMs: 0 });
    const ran: number[] = [];
    const driver = new RealTimeDriver(world, { speed: hour, onError: () => undefined });
    driver.start();
    await new Promise<void>((resolve) => {
      world.after(hour / 10, 'due', () => {
        ran.push(world.nowMs());
        resolve();
      });
    });
    driver.stop();
    expect(ran).toHaveLength(1);
    expect(ran[0]).toBeGreaterThanOrEqual(hour / 10);
    const stoppedMs = world.nowMs();
    await sleep(20);
    driver.catchUp();
    expect(world.nowMs()).toBe(stoppedMs);
  });

  test('brings the world to the present before a request', () => {
    const world = new World({ seed: 1, startMs: 5_000 });
    const startRealMs = Date.now() - 1_000;
    const driver = new RealTimeDriver(world, { speed: 10, startRealMs, onError: () => undefined });
    driver.start();
    driver.catchUp();
    expect(world.nowMs()).toBeGreaterThanOrEqual(15_000);
    driver.stop();
  });

  test('tells of an event that fails', async () => {
    const world = new World({ seed: 1, startMs: 0 });
    const told: unknown[] = [];
    const onError = (...args: unknown[]) => told.push(...args);
    const driver = new RealTimeDriver(world, { speed: 1, onError });
    driver.start();
    const error = new Error('boom');
    world.after(1, 'sweep', () => {
      throw error;
    });
    await sleep(50);
    driver.stop();
    expect(told).toEqual(['sweep', error]);
  });
});
