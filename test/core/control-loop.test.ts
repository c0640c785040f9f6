import { expect, test } from '@jest/globals';
import { journalKeys } from '../../core/contract/journal.ts';
import { type ControlLoop, runControlLoop } from '../../core/control-loop.ts';
import type { Decision, DecisionRecord } from '../../core/decision.ts';
import { sendUnsentNotices } from '../../core/outbox.ts';
import { FakeCloud } from './fake-ports.ts';

/** A message of a person. */
const asked = { 'detail-type': 'Operator Request', detail: { wish: 'light' } };

/** A loop that lights a lamp: the smallest with a state, an effect and a notice. */
class Lamp {
  readonly cloud = new FakeCloud();
  isLit = false;
  acts = 0;
  /** What becomes of a run once it has acted. */
  fate: 'ends' | 'dies' | 'fails' | 'loses' = 'ends';
  code = 'DARK';

  readonly loop: ControlLoop<string, boolean, Decision> = {
    name: 'scaling',
    silentMsMax: 30_000,
    parse: (raw) => (raw === 'look' || raw === asked ? ['lamp'] : []),
    observe: () => Promise.resolve(this.isLit),
    decide: (_event, isLit, nowMs) => ({
      action: isLit ? 'none' : 'light',
      app: 'house',
      subject: 'lamp',
      reason: { code: isLit ? 'LIT' : this.code, text: isLit ? 'It is lit.' : 'It is dark.' },
      ...(isLit ? {} : { recheckAtMs: nowMs + 1_000 }),
    }),
    act: () => {
      this.acts += 1;
      this.isLit = true;
      if (this.fate === 'dies') return new Promise(() => undefined);
      if (this.fate === 'loses') return Promise.resolve({ status: 'superseded', text: 'late' });
      if (this.fate === 'fails') return Promise.reject(new Error('failed'));
      return Promise.resolve({ status: 'done', text: 'lit' });
    },
    describe: ({ action }) =>
      action === 'light'
        ? { kind: 'lit', severity: 'info', subject: 'lit', text: 'lit' }
        : undefined,
  };

  run(raw: unknown = 'look') {
    return runControlLoop(this.loop, raw, this.cloud.ports('us-east-1'));
  }

  async records(): Promise<readonly string[]> {
    const found = await this.cloud.journal.list<DecisionRecord>(
      journalKeys.recordPartition('house'),
    );
    return found.map(({ body }) => body.decision.reason.code);
  }
}

test('acts, records, notifies and comes back, in that order', async () => {
  const lamp = new Lamp();
  await lamp.run();
  expect(await lamp.records()).toEqual(['DARK']);
  const { effects } = lamp.cloud;
  expect(effects.findIndex((effect) => effect.startsWith('notify'))).toBeGreaterThan(
    effects.findIndex((effect) => effect.includes('journal.write 2026')),
  );
  expect(effects.at(-1)).toBe('wake scaling');
});

test('what is not ours costs nothing', async () => {
  const lamp = new Lamp();
  expect(await lamp.run('something else')).toEqual([]);
  expect(lamp.cloud.effects).toEqual([]);
});

test('doing nothing for an unchanged reason writes nothing', async () => {
  const lamp = new Lamp();
  lamp.isLit = true;
  await lamp.run();
  const before = lamp.cloud.effects.length;
  await lamp.run();
  expect(lamp.cloud.effects).toHaveLength(before);
  expect(await lamp.records()).toEqual(['LIT']);
});

test('one of two runs at once acts; the other comes back later', async () => {
  const lamp = new Lamp();
  await Promise.all([lamp.run(), lamp.run()]);
  expect(lamp.acts).toBe(1);
  expect(lamp.cloud.notices).toHaveLength(1);
});

test.each(['busy', 'loses'] as const)(
  "what a person asked for comes again as it was when another run is there: it is '%s'",
  async (how) => {
    const lamp = new Lamp();
    if (how === 'loses') lamp.fate = 'loses';
    else {
      lamp.fate = 'dies';
      void lamp.run();
      await until(() => lamp.acts === 1);
      lamp.isLit = false;
    }
    await lamp.run(asked);
    const atMs = lamp.cloud.nowMs + 5_000;
    expect(lamp.cloud.wakes).toEqual([{ loop: 'scaling', message: asked, atMs }]);
  },
);

test('a request that was taken does not come again', async () => {
  const lamp = new Lamp();
  await lamp.run(asked);
  expect(lamp.cloud.wakes).toMatchObject([{ message: { kind: 'wake', cause: 'recheck' } }]);
});

test('two runs at once that find the same new reason record it once', async () => {
  const lamp = new Lamp();
  lamp.isLit = true;
  await Promise.all([lamp.run(), lamp.run()]);
  expect(await lamp.records()).toEqual(['LIT']);
});

test('a run that died is recorded by the next, with its notice', async () => {
  const lamp = new Lamp();
  lamp.fate = 'dies';
  void lamp.run();
  await until(() => lamp.acts === 1);
  await lamp.run();
  expect(await lamp.records()).toEqual([]);
  lamp.cloud.advance(30_000);
  await lamp.run();
  expect((await lamp.records()).toSorted()).toEqual(['DARK', 'LIT']);
  expect(lamp.cloud.notices.map(({ kind }) => kind)).toEqual(['lit']);
});

test('a run that failed lets go, so that its retry acts at once', async () => {
  const lamp = new Lamp();
  lamp.fate = 'fails';
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    lamp.isLit = false;
    await expect(lamp.run()).rejects.toThrow('failed');
    expect(lamp.acts).toBe(attempt);
  }
  await lamp.run();
  expect((await lamp.records()).toSorted()).toEqual(['DARK', 'LIT']);
});

test('a failure is told although the journal is silent too', async () => {
  const lamp = new Lamp();
  lamp.fate = 'fails';
  const { journal, warnings } = lamp.cloud;
  const write = journal.write.bind(journal);
  journal.write = (...document) =>
    lamp.acts === 0 ? write(...document) : Promise.reject(new Error('the journal is silent'));
  await expect(lamp.run()).rejects.toThrow('failed');
  expect(warnings).toEqual(['A failed run could not say so.']);
});

test.each([1, 2, 3, 4, 5, 6, 7])('death before effect %i loses no record', async (count) => {
  const lamp = new Lamp();
  lamp.cloud.dieBeforeEffect(count);
  await lamp.run().catch(() => undefined);
  for (let minute = 0; minute < 4; minute += 1) {
    lamp.cloud.advance(60_000);
    await lamp.run();
    await sendUnsentNotices(lamp.cloud.ports('us-east-1'), 'house');
  }
  expect(await lamp.records()).toContain('DARK');
  expect(lamp.cloud.notices.length).toBeGreaterThanOrEqual(1);
});

/** Lets what was begun go on until something is so. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await Promise.resolve();
}
