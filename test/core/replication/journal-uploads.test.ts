import { expect, test } from '@jest/globals';
import { journalKeys } from '../../../core/contract/journal.ts';
import { JournalUploads } from '../../../core/replication/journal-uploads.ts';
import { FakeCloud } from '../fake-ports.ts';

const MIB = 1_048_576;
const image = { app: 'storefront', digest: 'sha256:1' };
const key = journalKeys.uploads('storefront', 'sha256:1', 'us-west-2');
const of = (digest: string) => ({ target: 'us-west-2', repository: 'shop/web', digest });

const open = (cloud: FakeCloud) => new JournalUploads(cloud.ports('us-east-1'), image);

test('another run finds how far each upload is', async () => {
  const cloud = new FakeCloud();
  const first = open(cloud);
  await first.book(of('a')).write({ id: 'one', receivedBytes: 10 * MIB });
  await first.book(of('b')).write({ id: 'two', receivedBytes: 20 * MIB });
  await first.settle();
  const second = open(cloud);
  expect(await second.book(of('a')).read()).toEqual({ id: 'one', receivedBytes: 10 * MIB });
  expect(await second.book(of('b')).read()).toEqual({ id: 'two', receivedBytes: 20 * MIB });
  expect(await second.book(of('c')).read()).toBeUndefined();
  expect(second.resumed).toBe(2);
});

test('the id is written at once, the bytes now and then, and all when the run ends', async () => {
  const cloud = new FakeCloud();
  const uploads = open(cloud);
  const page = uploads.book(of('a'));
  for (let part = 0; part <= 20; part += 1) {
    await page.write({ id: 'one', receivedBytes: part * 10 * MIB });
    await Promise.resolve();
  }
  await new Promise((resolve) => setImmediate(resolve));
  const writes = () => cloud.effects.filter((effect) => effect.startsWith('journal.write')).length;
  expect(writes()).toBeLessThanOrEqual(4);
  const noted = await cloud.journal.read<{ uploads: Record<string, { id: string }> }>(key);
  expect(noted?.body.uploads['a']?.id).toBe('one');
  await uploads.settle();
  expect(await open(cloud).book(of('a')).read()).toEqual({ id: 'one', receivedBytes: 200 * MIB });
});

test('a layer that is there is forgotten', async () => {
  const cloud = new FakeCloud();
  const uploads = open(cloud);
  await uploads.book(of('a')).write({ id: 'one', receivedBytes: MIB });
  await uploads.settle();
  await uploads.book(of('a')).forget();
  await uploads.settle();
  expect((await cloud.journal.read(key))?.body).toEqual({ uploads: {} });
});

test('a journal that does not take notes ends no copy', async () => {
  const cloud = new FakeCloud();
  const uploads = open(cloud);
  cloud.dieBeforeEffect(1);
  await uploads.book(of('a')).write({ id: 'one', receivedBytes: MIB });
  await new Promise((resolve) => setImmediate(resolve));
  expect(cloud.warnings).toEqual(['Begun uploads could not be written down.']);
  await uploads.settle();
  expect(await open(cloud).book(of('a')).read()).toEqual({ id: 'one', receivedBytes: MIB });
});

test('a run that took over writes its own notes', async () => {
  const cloud = new FakeCloud();
  const [old, fresh] = [open(cloud), open(cloud)];
  await Promise.all([old.book(of('a')).read(), fresh.book(of('a')).read()]);
  await old.book(of('a')).write({ id: 'old', receivedBytes: MIB });
  await old.settle();
  await fresh.book(of('a')).write({ id: 'fresh', receivedBytes: MIB });
  await fresh.settle();
  expect(await open(cloud).book(of('a')).read()).toEqual({ id: 'fresh', receivedBytes: MIB });
});
