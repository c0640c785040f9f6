import type { BlobStream } from '../ports.ts';
import type { CopyWatcher, PlannedWork } from './copy-watcher.ts';
import { noWatcher } from './copy-watcher.ts';
import type { Pulse } from './heartbeat.ts';

/** Bytes that one target of a copy was spared, sent and lacked at first. */
export interface MeasuredTarget {
  readonly missingBytes: number;
  readonly skippedBytes: number;
  readonly writtenBytes: number;
}

const nothing: MeasuredTarget = { missingBytes: 0, skippedBytes: 0, writtenBytes: 0 };

/** The copy is larger than one function should write to all targets. */
export class TooMuchForOne extends Error {
  override readonly name = 'TooMuchForOne';
}

/** Counts what a copy reads and writes, and stops it at its plan when that is too much. */
export class CopyMeter implements Pulse {
  readBytes = 0;
  readonly #targets = new Map<string, MeasuredTarget>();
  readonly #pulse: Pulse;
  readonly #bytesMax: number;

  constructor(pulse: Pulse, bytesMax: number) {
    this.#pulse = pulse;
    this.#bytesMax = bytesMax;
  }

  get watcher(): CopyWatcher {
    return {
      ...noWatcher,
      planned: (target, work) => {
        this.#planned(target, work);
      },
      sent: (target, bytes) => {
        this.#add(target, { writtenBytes: bytes });
      },
      mounted: (target, { size }) => {
        this.#add(target, { skippedBytes: size });
      },
    };
  }

  targets(): ReadonlyMap<string, MeasuredTarget> {
    return this.#targets;
  }

  beat(): Promise<void> {
    return this.#pulse.beat();
  }

  async *over(content: BlobStream): AsyncIterable<Uint8Array> {
    for await (const chunk of this.#pulse.over(content)) {
      this.readBytes += chunk.length;
      yield chunk;
    }
  }

  #planned(target: string, { bytes, presentBytes }: PlannedWork): void {
    this.#add(target, { missingBytes: bytes, skippedBytes: presentBytes });
    const all = [...this.#targets.values()].reduce((sum, each) => sum + each.missingBytes, 0);
    if (all > this.#bytesMax) throw new TooMuchForOne(`${all} bytes to ${this.#targets.size}`);
  }

  #add(target: string, more: Partial<MeasuredTarget>): void {
    const { missingBytes, skippedBytes, writtenBytes } = this.#targets.get(target) ?? nothing;
    this.#targets.set(target, {
      missingBytes: missingBytes + (more.missingBytes ?? 0),
      skippedBytes: skippedBytes + (more.skippedBytes ?? 0),
      writtenBytes: writtenBytes + (more.writtenBytes ?? 0),
    });
  }
}
