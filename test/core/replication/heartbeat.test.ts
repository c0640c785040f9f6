import { describe, expect, test } from '@jest/globals';
import { Heartbeat } from '../../../core/replication/heartbeat.ts';

/** A run that notices when two signs of life overlap, as the journal would by its version. */
function runOf() {
  let open = 0;
  const told = { count: 0, overlapped: false };
  const alive = async (): Promise<boolean> => {
    open += 1;
    told.count += 1;
    if (open > 1) told.overlapped = true;
    await Promise.resolve();
    open -= 1;
    return true;
  };
  return { told, alive };
}

describe('Heartbeat', () => {
  test('never tells twice at once, however many layers end together', async () => {
    const run = runOf();
    const heartbeat = new Heartbeat(run, { nowMs: () => 0 });
    await Promise.all(Array.from({ length: 5 }, () => heartbeat.beat()));
    expect(run.told.overlapped).toBe(false);
    await heartbeat.beat();
    expect(run.told.count).toBe(2);
  });

  test('tells now and then while a long layer flows', async () => {
    const run = runOf();
    let nowMs = 0;
    const heartbeat = new Heartbeat(run, { nowMs: () => nowMs });
    async function* layer(): AsyncIterable<Uint8Array> {
      for (let second = 0; second < 100; second += 1) {
        nowMs += 1_000;
        yield await Promise.resolve(new Uint8Array(1));
      }
    }
    let bytes = 0;
    for await (const chunk of heartbeat.over(layer())) bytes += chunk.length;
    expect(bytes).toBe(100);
    expect(run.told.count).toBe(3);
  });
});
