import { expect, test } from '@jest/globals';
import { sweep } from '../../core/sweep.ts';
import { FakeCloud } from './fake-ports.ts';
import { shopFleet } from './failover/failover-world.ts';

test('wakes every application in all four loops, whatever happened', async () => {
  const cloud = new FakeCloud();
  const swept = await sweep(shopFleet(), cloud.ports('us-east-2'));
  expect(swept).toEqual({ apps: 1, wakes: 4, notices: 0 });
  expect(cloud.wakes.map(({ loop }) => loop)).toEqual([
    'replication',
    'rollout',
    'scaling',
    'failover',
  ]);
  expect(cloud.wakes[0]?.message).toEqual({ kind: 'wake', app: 'storefront', cause: 'sweep' });
});
