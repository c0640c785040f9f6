import { expect, test } from '@jest/globals';
import { journalKeys } from '../../../core/contract/journal.ts';
import type { Evidence } from '../../../core/failover/evidence.ts';
import { probeRegions } from '../../../core/failover/probe-regions.ts';
import { FailoverWorld, observer, primary, shopFleet, standby } from './failover-world.ts';

async function evidenceOf(world: FailoverWorld): Promise<Evidence> {
  const key = journalKeys.evidence('storefront', observer);
  const found = await world.cloud.journal.read<Evidence>(key);
  if (found === undefined) throw new Error('no evidence was written');
  return found.body;
}

async function probe(world: FailoverWorld): Promise<readonly string[]> {
  world.cloud.advance(10_000);
  return probeRegions(world.fleet, world.ports(observer));
}

test('writes what it sees, and asks for no look while all is well', async () => {
  const world = new FailoverWorld();
  expect(await probe(world)).toEqual([]);
  const { regions, isBlind } = await evidenceOf(world);
  expect(isBlind).toBe(false);
  expect(regions[primary]).toMatchObject({ probe: { verdict: 'up', rounds: 1 }, route53: 'up' });
  expect(regions[standby]).toMatchObject({ probe: { verdict: 'up' }, route53: 'up' });
});

test('says down only after three failures in a row, and up after one answer', async () => {
  const world = new FailoverWorld();
  world.silent.add(primary);
  const verdicts: (string | undefined)[] = [];
  for (let round = 0; round < 3; round += 1) {
    expect(await probe(world)).toEqual(['storefront']);
    verdicts.push((await evidenceOf(world)).regions[primary]?.probe.verdict);
  }
  expect(verdicts).toEqual(['unknown', 'unknown', 'down']);
  world.silent.delete(primary);
  await probe(world);
  expect((await evidenceOf(world)).regions[primary]?.probe.verdict).toBe('up');
});

test('a doubled message counts no round twice', async () => {
  const world = new FailoverWorld();
  world.silent.add(primary);
  await probe(world);
  await probeRegions(world.fleet, world.ports(observer));
  expect((await evidenceOf(world)).regions[primary]?.probe.rounds).toBe(1);
});

test('one control target that answers is enough to see', async () => {
  const world = new FailoverWorld();
  const base = world.ports(observer);
  const http = (url: string) =>
    Promise.resolve({ ok: url.startsWith('https://aws.amazon.com'), text: '' });
  const ports = { ...base, probes: { ...base.probes, http } };
  await probeRegions(world.fleet, ports);
  expect((await evidenceOf(world)).isBlind).toBe(false);
  world.blind.add(observer);
  expect(await probe(world)).toEqual(['storefront']);
  expect(await evidenceOf(world)).toMatchObject({ isBlind: true, blindRounds: 1 });
});

test('an SLO alarm is a kind of evidence of its own; one that cannot be read is unknown', async () => {
  const fleet = shopFleet((app) => {
    app['failover'] = { automatic: true, sloAlarm: 'slo' };
  });
  const world = new FailoverWorld(fleet);
  world.alarms.set(`${observer}/slo`, 'ALARM');
  expect(await probe(world)).toEqual(['storefront']);
  expect((await evidenceOf(world)).slo).toBe('down');
  world.cloud.advance(10_000);
  const alarms = { state: () => Promise.reject(new Error('CloudWatch is down')) };
  await probeRegions(fleet, { ...world.ports(observer), alarms });
  expect((await evidenceOf(world)).slo).toBe('unknown');
  expect(world.cloud.warnings).toHaveLength(1);
});
