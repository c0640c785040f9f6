import type { Descriptor } from '../ports.ts';
import type { CopyWatcher } from './copy-watcher.ts';
import { type CopyFailures, isRunEnd } from './copy-failures.ts';
import { fanOut, type Outlet, WINDOW_BYTES } from './fan-out.ts';
import type { Pulse } from './heartbeat.ts';
import { inParallel, Slots } from './in-parallel.ts';
import { checkTime, OutOfTime, type TimeLimit } from './out-of-time.ts';
import type { CopyTarget, Place } from './place.ts';
import type { UploadBook } from './upload-book.ts';

/** What the copying of layers works with. */
export interface BlobCopying extends TimeLimit {
  readonly source: Place;
  readonly targets: readonly CopyTarget[];
  readonly pulse: Pulse;
  readonly watcher: CopyWatcher;
  readonly failures: CopyFailures;
  readonly book?: UploadBook;
  /** Told when all bytes were handed over, while registries may still have to take them. */
  readonly poured?: () => void;
}

/** A layer and the names of the targets that lack it. */
export interface BlobWork {
  readonly blob: Descriptor;
  readonly targets: readonly string[];
}

/** Small blobs cost round trips rather than bandwidth, so they have slots of their own. */
const SMALL_BYTES = 1024 * 1024;
const SMALL_PARALLEL = 8;

/** More large layers at once than this only share the same bandwidth. */
const LARGE_PARALLEL = 6;

/** Nor are more large uploads any faster; 18 of them cost a tenth more time than 9. */
const LARGE_UPLOADS = 9;

/** What large layers in flight may hold in memory together, windows and uploads: 160 MiB. */
const MEMORY_BYTES = 160 * 1024 * 1024;

/**
 * Copies layers, each read once for all targets that lack it; largest first, small ones beside.
 * A target that falls behind gets its further layers apart, and nobody waits for it.
 */
export class BlobCopier {
  readonly #with: BlobCopying;
  /** Work of targets that fell behind, one layer after the other. */
  readonly #lanes = new Map<string, Promise<void>>();
  readonly #small = new Slots(SMALL_PARALLEL);
  readonly #large: Slots;
  #written = 0;
  #unsent = 0;
  #isStopped = false;

  constructor(copying: BlobCopying) {
    this.#with = copying;
    const uploads = copying.targets.map(({ registry }) => registry.bytesPerUpload ?? 0);
    const bytesEach = uploads.reduce((sum, bytes) => sum + bytes, WINDOW_BYTES);
    const fitting = Math.floor(MEMORY_BYTES / bytesEach);
    const useful = Math.ceil(LARGE_UPLOADS / copying.targets.length);
    this.#large = new Slots(Math.min(LARGE_PARALLEL, useful, Math.max(1, fitting)));
  }

  /** Bytes of layers that targets took, over all targets. */
  get bytes(): number {
    return this.#written;
  }

  /** Nothing further is begun or sent. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Ends when every target has its layers, but for those that fell behind. */
  async copy(blobs: readonly BlobWork[]): Promise<void> {
    this.#unsent += blobs.reduce((sum, { blob, targets }) => sum + blob.size * targets.length, 0);
    const ended = await Promise.allSettled(
      blobs.map((work) => {
        const slots = work.blob.size > SMALL_BYTES ? this.#large : this.#small;
        return slots.run(() => this.#copyOne(work));
      }),
    );
    for (const end of ended) if (end.status === 'rejected') throw end.reason;
  }

  /** Ends when a target that fell behind has caught up. */
  async caughtUp(target: string): Promise<void> {
    await this.#lanes.get(target);
  }

  /** What fails here is no target but the run: nothing further is begun then. */
  async #copyOne(work: BlobWork): Promise<void> {
    try {
      await this.#copyToAll(work);
    } catch (error) {
      this.#isStopped = true;
      throw error;
    }
  }

  async #copyToAll({ blob, targets }: BlobWork): Promise<void> {
    const { failures, pulse } = this.#with;
    if (this.#isStopped) return;
    const live = this.#with.targets.filter(
      ({ name }) => targets.includes(name) && !failures.has(name),
    );
    for (const target of live.filter(({ name }) => this.#lanes.has(name))) {
      this.#enqueue(target.name, () => this.#share(blob, [target]));
    }
    await this.#share(
      blob,
      live.filter(({ name }) => !this.#lanes.has(name)),
    );
    await pulse.beat();
  }

  /** One read for these targets. A target that is cut off goes on while the others are done. */
  async #share(blob: Descriptor, targets: readonly CopyTarget[]): Promise<void> {
    const { source, clock, pulse, watcher } = this.#with;
    const lacking = await this.#mount(blob, targets);
    const outlets = fanOut({
      open: (from) => pulse.over(source.registry.readBlob(source.repository, blob, from)),
      readers: lacking.length,
      clock,
    });
    await inParallel([...outlets.entries()], outlets.length, async ([at, outlet]) => {
      const target = lacking[at];
      if (target === undefined) return;
      const written = this.#write(blob, target, outlet);
      const cut = outlet.cut.then(() => {
        watcher.fellBehind(target.name);
        this.#enqueue(target.name, () => written);
      });
      await Promise.race([written, cut]);
    });
  }

  /** Returns the targets that could not take the layer from another repository of theirs. */
  async #mount(blob: Descriptor, targets: readonly CopyTarget[]): Promise<readonly CopyTarget[]> {
    const { source, watcher, failures } = this.#with;
    const mounted = await inParallel(targets, targets.length, async (target) => {
      const { registry, repository, name } = target;
      if (registry !== source.registry || registry.mountBlob === undefined) return target;
      const isMounted = await failures.catching(name, () =>
        Promise.resolve(registry.mountBlob?.(repository, blob, source.repository)),
      );
      if (isMounted === true) watcher.mounted(name, blob);
      return isMounted === true || failures.has(name) ? undefined : target;
    });
    return mounted.filter((target) => target !== undefined);
  }

  async #write(blob: Descriptor, target: CopyTarget, outlet: Outlet): Promise<void> {
    const { watcher, failures, book, poured } = this.#with;
    const { name, registry, repository } = target;
    // What is small is sent again sooner than its page is written.
    const page =
      blob.size > SMALL_BYTES
        ? book?.({ target: name, repository, digest: blob.digest })
        : undefined;
    const open = (from: number) =>
      counted(outlet.open(from), (bytes) => {
        this.#check();
        watcher.sent(name, bytes);
        this.#unsent -= bytes;
        if (this.#unsent === 0) poured?.();
      });
    await failures.catching(name, async () => {
      try {
        this.#check();
        await registry.writeBlob(repository, blob, open, page);
        this.#written += blob.size;
      } finally {
        outlet.detach();
      }
    });
  }

  #check(): void {
    if (this.#isStopped) throw new OutOfTime('the image cannot be copied as a whole');
    checkTime(this.#with);
  }

  #enqueue(target: string, work: () => Promise<void>): void {
    const lane = (this.#lanes.get(target) ?? Promise.resolve()).then(work);
    // Whoever waits for the lane sees its failure; until then it is nobody's unhandled one.
    lane.catch(isRunEnd);
    this.#lanes.set(target, lane);
  }
}

async function* counted(
  content: AsyncIterable<Uint8Array>,
  count: (bytes: number) => void,
): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of content) {
    count(chunk.length);
    yield chunk;
  }
}
