import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { adjustedCount, type BreachSide, stepFor } from '../../../core/scaling/step-adjustment.ts';

describe('stepFor', () => {
  const above = [
    { from: 0, to: 10, by: 1 },
    { from: 10, by: 3 },
  ];
  const below = [
    { from: -10, to: 0, by: -1 },
    { to: -10, by: -2 },
  ];
  test.each<[number, BreachSide, typeof above, number | undefined]>([
    [10, 'above', above, 3],
    [9.9, 'above', above, 1],
    [0, 'above', above, 1],
    [-0.1, 'above', above, undefined],
    [-10, 'below', below as typeof above, -2],
    [-9.9, 'below', below as typeof above, -1],
    [0, 'below', below as typeof above, -1],
    [0.1, 'below', below as typeof above, undefined],
  ])('S17 boundaries: a breach of %d %s the threshold', (breach, side, steps, by) => {
    expect(stepFor(steps, breach, side)?.by).toBe(by);
  });
});

describe('adjustedCount', () => {
  test.each<[number, number, number | undefined, number]>([
    [10, 10, undefined, 11],
    [11, 30, undefined, 14],
    [14, -10, undefined, 13],
    [13, -30, undefined, 10],
    [4, 25, 2, 6],
    [4, -25, 2, 2],
    [127, 10, undefined, 139],
    [67, 1, undefined, 68],
    [58, -1, undefined, 57],
    [667, -1, undefined, 661],
    [0, 50, 1, 1],
    [7, 0, 2, 7],
  ])('S18 percent: %d tasks by %d %% (at least %p) is %d', (base, by, minMagnitude, to) => {
    const magnitude = minMagnitude === undefined ? {} : { minMagnitude };
    const policy = { adjustment: 'percent' as const, ...magnitude };
    expect(adjustedCount({ minMagnitude: undefined, ...policy }, base, by)).toBe(to);
  });

  test('exact is the count itself, change adds to it, and neither is below zero', () => {
    const minMagnitude = undefined;
    expect(adjustedCount({ adjustment: 'exact', minMagnitude }, 3, 7)).toBe(7);
    expect(adjustedCount({ adjustment: 'change', minMagnitude }, 3, -7)).toBe(0);
  });

  test('a percent change goes in its direction and by whole tasks', () => {
    fc.assert(
      fc.property(fc.nat(5_000), fc.integer({ min: -100, max: 500 }), (base, by) => {
        const to = adjustedCount({ adjustment: 'percent', minMagnitude: undefined }, base, by);
        expect(Number.isInteger(to)).toBe(true);
        expect(Math.sign(to - base) * Math.sign(by)).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
