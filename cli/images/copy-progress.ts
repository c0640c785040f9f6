import type { CopyWatcher, PlannedWork } from '../../core/replication/copy-watcher.ts';
import { bar, LiveLines } from '../live-lines.ts';
import type { Output } from '../output.ts';

type TargetState = 'planning' | 'copying' | 'done' | 'failed';

/** How far one target is; sizes in bytes. */
export interface TargetProgress extends PlannedWork {
  readonly target: string;
  readonly state: TargetState;
  readonly sentBytes: number;
  readonly mountedBytes: number;
  /** Whether it held the others back and goes on by itself. */
  readonly isBehind: boolean;
  readonly cause?: string;
}

/** Counts what a copy tells and shows it: a line for each target on a terminal, NDJSON else. */
export class CopyProgress implements CopyWatcher {
  readonly #targets = new Map<string, TargetProgress>();
  readonly #startedAtMs = performance.now();
  readonly #output: Output;
  readonly #lines = new LiveLines(process.stderr);
  #timer: NodeJS.Timeout | undefined;
  #isDrawn = false;

  constructor(output: Output, targets: readonly string[]) {
    this.#output = output;
    for (const target of targets) this.#targets.set(target, { ...nothing, target });
  }

  /** Shows it now and then until `stop`. */
  start(): void {
    if (!this.#output.isJson && !process.stderr.isTTY) return;
    const everyMs = this.#output.isJson ? 1_000 : 200;
    this.#timer = setInterval(() => {
      this.#show();
    }, everyMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    if (this.#isDrawn) this.#draw();
    this.#lines.keep();
  }

  list(): readonly TargetProgress[] {
    return [...this.#targets.values()];
  }

  planned(target: string, work: PlannedWork): void {
    const known = this.#targets.get(target) ?? nothing;
    this.#change(target, {
      state: 'copying',
      blobs: known.blobs + work.blobs,
      bytes: known.bytes + work.bytes,
      presentBlobs: known.presentBlobs + work.presentBlobs,
      presentBytes: known.presentBytes + work.presentBytes,
      manifests: known.manifests + work.manifests,
    });
  }

  sent(target: string, bytes: number): void {
    this.#change(target, { sentBytes: (this.#targets.get(target)?.sentBytes ?? 0) + bytes });
  }

  mounted(target: string, { size }: { readonly size: number }): void {
    this.#change(target, { mountedBytes: (this.#targets.get(target)?.mountedBytes ?? 0) + size });
  }

  fellBehind(target: string): void {
    this.#change(target, { isBehind: true });
  }

  finished(target: string): void {
    this.#change(target, { state: 'done' });
  }

  failed(target: string, cause: string): void {
    this.#change(target, { state: 'failed', cause });
  }

  #change(target: string, change: Partial<TargetProgress>): void {
    this.#targets.set(target, { ...nothing, target, ...this.#targets.get(target), ...change });
  }

  #show(): void {
    if (!this.#output.isJson) {
      this.#draw();
      return;
    }
    for (const progress of this.list()) this.#output.data({ kind: 'progress', ...progress }, '');
  }

  #draw(): void {
    const elapsedS = (performance.now() - this.#startedAtMs) / 1_000;
    this.#lines.draw(this.list().map((each) => lineOf(each, elapsedS)));
    this.#isDrawn = true;
  }
}

const nothing: Omit<TargetProgress, 'target'> = {
  state: 'planning',
  blobs: 0,
  bytes: 0,
  presentBlobs: 0,
  presentBytes: 0,
  manifests: 0,
  sentBytes: 0,
  mountedBytes: 0,
  isBehind: false,
};

/** One target's line, such as `host/app  [####....] 210/812 MiB 310 MiB/s 2 s left`. */
function lineOf(progress: TargetProgress, elapsedS: number): string {
  const { target, state, bytes, mountedBytes, isBehind, cause } = progress;
  if (state === 'failed') return `${target}  failed: ${cause ?? ''}`;
  if (state === 'planning') return `${target}  looking what is there`;
  // What is sent twice after a broken connection must not show more than all.
  const done = Math.min(bytes, progress.sentBytes + mountedBytes);
  const share = bytes === 0 ? 1 : done / bytes;
  const rate = elapsedS > 0 ? done / elapsedS : 0;
  const left = rate > 0 && state === 'copying' ? `${Math.ceil((bytes - done) / rate)} s left` : '';
  const notes = [
    `${mib(done)}/${mib(bytes)} MiB`,
    `${mib(rate)} MiB/s`,
    state === 'done' ? 'done' : left,
    progress.presentBlobs > 0 ? `${progress.presentBlobs} skipped` : '',
    mountedBytes > 0 ? `${mib(mountedBytes)} MiB mounted` : '',
    isBehind ? 'behind' : '',
  ];
  return `${target}  ${bar(share)} ${notes.filter((note) => note !== '').join('  ')}`;
}

function mib(bytes: number): string {
  const value = bytes / 1_048_576;
  return value < 10 ? value.toFixed(1) : value.toFixed(0);
}
