import { expect, test } from '@jest/globals';
import { BackfillProgress } from '../../../cli/images/backfill-progress.ts';

const [west, south] = ['us-west-2', 'sa-east-1'];
const ESC = '\u001b';

/** A terminal that keeps what a person sees on it; it knows the codes that are used. */
class Screen {
  readonly columns = 120;
  readonly lines: string[] = [];
  #row = 0;

  write(text: string): void {
    const parts = new RegExp(`${ESC}\\[(\\d*)([AKJ])|\\n|[^${ESC}\\n]+`, 'g');
    for (const [part, count = '', code] of text.matchAll(parts)) {
      if (part === '\n') this.#row += 1;
      else if (code === 'A') this.#row -= Number(count);
      else if (code === 'K') this.lines[this.#row] = '';
      else if (code === 'J') this.lines.length = this.#row;
      else this.lines[this.#row] = part;
    }
  }
}

function waiting(elapsedMs: number, ...onTheirWay: readonly (readonly [string, number])[]) {
  return { elapsedMs, onTheirWay: new Map(onTheirWay), again: new Map([[west, 1]]) };
}

test('each region shows how many images came, how fast, and how long the rest takes', () => {
  const screen = new Screen();
  const progress = new BackfillProgress([west, west, west, west, south], screen);
  progress.show(waiting(0));
  expect(screen.lines).toEqual([
    'us-west-2  [........................] 0/4 images  1 tried again',
    'sa-east-1  [........................] 0/1 images',
  ]);
  progress.settled(west, true);
  screen.write('1.0.0  us-west-2  whole\n');
  progress.show(waiting(60_000, [west, 3]));
  expect(screen.lines).toEqual([
    '1.0.0  us-west-2  whole',
    'us-west-2  [######..................] 1/4 images  3m left  3 on their way  1 tried again  1.0 a minute',
    'sa-east-1  [........................] 0/1 images',
  ]);
  progress.settled(south, false);
  progress.settled(west, true);
  screen.write('1.0.0  sa-east-1  failed: no such key\n1.0.1  us-west-2  whole\n');
  progress.show(waiting(60_000, [west, 2]));
  expect(screen.lines).toEqual([
    '1.0.0  us-west-2  whole',
    '1.0.0  sa-east-1  failed: no such key',
    '1.0.1  us-west-2  whole',
    'us-west-2  [############............] 2/4 images  1m left  2 on their way  1 tried again  2.0 a minute',
    'sa-east-1  [########################] 0/1 images  done  1 failed  1.0 a minute',
  ]);
});
