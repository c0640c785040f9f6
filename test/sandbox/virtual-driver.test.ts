import { describe, expect, test } from '@jest/globals';
import { VirtualDriver } from '../../sandbox/virtual-driver.ts';
import { World } from '../../sandbox/world.ts';

describe('VirtualDriver', () => {
  test('plays events in order and lets each finish before the next begins', async () => {
    const world = new World({ seed: 1, startMs: 0 });
    const log: string[] = [];
    world.after(20, 'second', () => {
      log.push(`second at ${world.nowMs()}`);
    });
    world.after(10, 'first', async () => {
      for (let step = 0; step < 50; step += 1) await Promise.resolve();
      log.push(`first at ${world.nowMs()}`);
      world.after(5, 'between', () => {
        log.push(`between at ${world.nowMs()}`);
      });
    });
    await new VirtualDriver(world).runUntil(100);
    expect(log).toEqual(['first at 10', 'between at 15', 'second at 20']);
    expect(world.nowMs()).toBe(100);
  });

  test('lets an event wait for a later one', async () => {
    const world = new World({ seed: 1, startMs: 0 });
    let doneMs = 0;
    world.after(10, 'waiter', async () => {
      await new Promise<void>((resolve) => world.after(30, 'timer', resolve));
      doneMs = world.nowMs();
    });
    await new VirtualDriver(world).runFor(100);
    expect(doneMs).toBe(40);
  });

  test('throws the error of an event with its name', async () => {
    const world = new World({ seed: 1, startMs: 0 });
    world.after(10, 'sweep', () => {
      throw new Error('boom');
    });
    await expect(new VirtualDriver(world).runFor(20)).rejects.toThrow(
      'The event sweep failed: boom',
    );
  });
});
