import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fanOut, type Outlet } from '../../../core/replication/fan-out.ts';

const clock = { nowMs: () => 0 };

const split = (source: AsyncIterable<Uint8Array>, readers: number, windowBytes = 8) =>
  fanOut({ open: () => source, readers, clock, windowBytes });

const chunk = (value: number, size = 1) => new Uint8Array(size).fill(value);

/** A source that counts what was read of it and whether it was closed. */
class Source {
  read = 0;
  closed = false;
  readonly #chunks: readonly Uint8Array[];

  constructor(chunks: readonly Uint8Array[]) {
    this.#chunks = chunks;
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    try {
      for (const next of this.#chunks) {
        this.read += 1;
        yield await Promise.resolve(next);
      }
    } finally {
      this.closed = true;
    }
  }
}

async function drain(outlet: Outlet, most = Infinity): Promise<number[]> {
  const seen: number[] = [];
  for await (const next of outlet.open(0)) {
    seen.push(next[0] ?? -1);
    if (seen.length >= most) break;
  }
  return seen;
}

const settle = async () => {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
};

describe('fanOut', () => {
  test('gives every reader everything, in order, with one read of the source', async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 20 });
    const readers = fc.integer({ min: 1, max: 5 });
    await fc.assert(
      fc.asyncProperty(
        sizes,
        readers,
        fc.integer({ min: 1, max: 20 }),
        async (list, count, window) => {
          const source = new Source(list.map((size, at) => chunk(at, size)));
          const all = await Promise.all(split(source, count, window).map((o) => drain(o)));
          for (const seen of all) expect(seen).toEqual(list.map((_size, at) => at));
          expect(source.read).toBe(list.length);
        },
      ),
    );
  });

  test('reads no further than the window while a reader is slow', async () => {
    const source = new Source(Array.from({ length: 100 }, (_none, at) => chunk(at)));
    const [fast, slow] = split(source, 2, 4);
    if (fast === undefined || slow === undefined) throw new Error('no readers');
    const draining = drain(fast);
    await settle();
    expect(source.read).toBeLessThanOrEqual(5);
    expect(await drain(slow)).toHaveLength(100);
    expect(await draining).toHaveLength(100);
  });

  test('a reader that leaves does not hold the others back', async () => {
    const source = new Source(Array.from({ length: 100 }, (_none, at) => chunk(at)));
    const [stays, leaves, never] = split(source, 3, 2);
    never?.detach();
    if (stays === undefined || leaves === undefined) throw new Error('no readers');
    const [all, some] = await Promise.all([drain(stays), drain(leaves, 3)]);
    expect(all).toHaveLength(100);
    expect(some).toHaveLength(3);
  });

  test('closes the source when every reader left', async () => {
    const source = new Source(Array.from({ length: 100 }, (_none, at) => chunk(at)));
    const [only] = split(source, 1, 2);
    if (only === undefined) throw new Error('no reader');
    await drain(only, 1);
    await settle();
    expect(source.closed).toBe(true);
    expect(source.read).toBeLessThan(10);
  });

  test('tells every reader that the source failed', async () => {
    async function* failing(): AsyncIterable<Uint8Array> {
      yield await Promise.resolve(chunk(1));
      throw new Error('connection reset');
    }
    const outlets = split(failing(), 2);
    const ended = await Promise.allSettled(outlets.map((outlet) => drain(outlet)));
    expect(ended.map((end) => end.status === 'rejected' && String(end.reason))).toEqual([
      'Error: connection reset',
      'Error: connection reset',
    ]);
  });
});
