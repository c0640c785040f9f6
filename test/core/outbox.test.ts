import { expect, test } from '@jest/globals';
import { journalKeys } from '../../core/contract/journal.ts';
import type { DecisionRecord } from '../../core/decision.ts';
import { sendUnsentNotices } from '../../core/outbox.ts';
import { FakeCloud } from './fake-ports.ts';

async function cloudWithRecord(noticeState?: DecisionRecord['noticeState']): Promise<FakeCloud> {
  const cloud = new FakeCloud();
  const atMs = cloud.nowMs;
  const record: DecisionRecord = {
    id: 'one',
    loop: 'scaling',
    region: 'us-east-1',
    atMs,
    decision: { action: 'scale', app: 'shop', subject: 's', reason: { code: 'C', text: 't' } },
    outcome: { status: 'done', text: 't' },
    notice: { kind: 'scaled-out', severity: 'info', subject: 's', text: 't' },
    ...(noticeState === undefined ? {} : { noticeState }),
  };
  const key = journalKeys.record('shop', new Date(atMs).toISOString(), 'one');
  await cloud.journal.write(key, record, undefined);
  return cloud;
}

test('sends what was left unsent, once', async () => {
  const cloud = await cloudWithRecord();
  const ports = cloud.ports('us-east-1');
  const sent = await Promise.all([
    sendUnsentNotices(ports, 'shop'),
    sendUnsentNotices(ports, 'shop'),
  ]);
  expect(sent.sort()).toEqual([0, 1]);
  expect(await sendUnsentNotices(ports, 'shop')).toBe(0);
  expect(cloud.notices).toHaveLength(1);
});

test('30 notification-sink-down: fails nobody, and tries again when the claim is old', async () => {
  const cloud = await cloudWithRecord();
  const ports = cloud.ports('us-east-1');
  const notifier = { publish: () => Promise.reject(new Error('SNS is down')) };
  expect(await sendUnsentNotices({ ...ports, notifier }, 'shop')).toBe(0);
  expect(cloud.warnings).toHaveLength(1);
  expect(await sendUnsentNotices(ports, 'shop')).toBe(0);
  cloud.advance(120_000);
  expect(await sendUnsentNotices(ports, 'shop')).toBe(1);
});

test('leaves alone what another run is sending or has sent', async () => {
  const claimedAtMs = new FakeCloud().nowMs;
  const claimed = await cloudWithRecord({ claimedAtMs });
  expect(await sendUnsentNotices(claimed.ports('us-east-1'), 'shop')).toBe(0);
  const sent = await cloudWithRecord({ claimedAtMs: 0, sentAtMs: 1 });
  expect(await sendUnsentNotices(sent.ports('us-east-1'), 'shop')).toBe(0);
});
