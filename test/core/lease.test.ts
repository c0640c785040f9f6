import { expect, test } from '@jest/globals';
import { readLease, releaseLease, takeLease } from '../../core/lease.ts';
import { FakeJournal } from './fake-ports.ts';

const take = (journal: FakeJournal, holder: 'rollout' | 'failover', nowMs: number) =>
  takeLease(journal, { app: 'shop', holder, nowMs, forMs: 1_000 });

test('nobody holds the lease before it is first taken, nor after it ended', async () => {
  const journal = new FakeJournal();
  expect((await readLease(journal, 'shop', 0)).holder).toBe('nobody');
  await take(journal, 'rollout', 0);
  expect((await readLease(journal, 'shop', 999)).holder).toBe('rollout');
  expect((await readLease(journal, 'shop', 1_000)).holder).toBe('nobody');
});

test('a failover takes the lease from a rollout under the next epoch, never the reverse', async () => {
  const journal = new FakeJournal();
  expect(await take(journal, 'rollout', 0)).toMatchObject({ epoch: 1 });
  expect(await take(journal, 'failover', 10)).toMatchObject({ epoch: 2 });
  expect(await take(journal, 'rollout', 20)).toBeUndefined();
});

test('renewing keeps the epoch, and only one of two takers at once has it', async () => {
  const journal = new FakeJournal();
  expect((await take(journal, 'rollout', 0))?.epoch).toBe(1);
  expect(await take(journal, 'rollout', 500)).toEqual({
    holder: 'rollout',
    epoch: 1,
    untilMs: 1_500,
  });
  const both = await Promise.all([take(journal, 'failover', 600), take(journal, 'failover', 600)]);
  expect(both.filter((lease) => lease !== undefined)).toHaveLength(1);
});

test('only its holder gives it back', async () => {
  const journal = new FakeJournal();
  const old = await take(journal, 'rollout', 0);
  const lease = await take(journal, 'failover', 10);
  if (old === undefined || lease === undefined) throw new Error('both leases were free');
  await releaseLease(journal, 'shop', old);
  expect((await readLease(journal, 'shop', 20)).holder).toBe('failover');
  await releaseLease(journal, 'shop', lease);
  expect((await readLease(journal, 'shop', 20)).holder).toBe('nobody');
  expect(await take(journal, 'rollout', 30)).toMatchObject({ epoch: 3 });
});
