import { journalKeys } from '../contract/journal.ts';
import type { ControlPorts } from '../ports.ts';
import type { RegionCopy, ReplicatedImage } from '../replicated-image.ts';

/** Which image of which application a record is about. */
export interface RecordedImage {
  readonly app: string;
  readonly home: string;
  readonly digest: string;
  readonly tag?: string;
}

/** Runs under another tag of one digest write the same document; each wins within a few rounds. */
const ATTEMPTS_MAX = 8;

/** The journal's document of one image, as this run changes it. */
export class ImageRecord {
  readonly #ports: Pick<ControlPorts, 'journal' | 'clock'>;
  readonly #image: RecordedImage;

  constructor(ports: Pick<ControlPorts, 'journal' | 'clock'>, image: RecordedImage) {
    this.#ports = ports;
    this.#image = image;
  }

  /** The start is written first: the deadline counts from it even if every run dies. */
  begin(): Promise<ReplicatedImage> {
    return this.#update((body, isNew) => (isNew ? body : undefined));
  }

  /** A sweep asked for a copy; until that is over no other sweep does. */
  woken(): Promise<ReplicatedImage> {
    const wokenAtMs = this.#ports.clock.nowMs();
    return this.#update((body) => ({ ...body, wokenAtMs }));
  }

  /** Each of these regions gets it by a run of its own; the last one completes it. */
  split(left: readonly string[]): Promise<ReplicatedImage> {
    const wokenAtMs = this.#ports.clock.nowMs();
    return this.#update((body) => ({ ...body, left, wokenAtMs }));
  }

  /** These regions hold the image now. */
  arrived(regions: readonly string[]): Promise<ReplicatedImage> {
    const atMs = this.#ports.clock.nowMs();
    return this.#update(({ left, ...body }, isNew) => {
      if (regions.length === 0) return isNew ? body : undefined;
      const stillLeft = (left ?? []).filter((region) => !regions.includes(region));
      return {
        ...body,
        regions: [...new Set([...body.regions, ...regions])],
        copies: copiesWith(body, regions, { state: 'whole', atMs }),
        ...(stillLeft.length === 0 ? {} : { left: stillLeft }),
      };
    });
  }

  /** Forgets the failures: the image is where it should be. */
  completed(regions: readonly string[], attachments: readonly string[]): Promise<ReplicatedImage> {
    const { tag } = this.#image;
    const atMs = this.#ports.clock.nowMs();
    return this.#update(({ digest, announced, startedAtMs, copies, taken }) => ({
      digest,
      ...(tag === undefined ? {} : { tag }),
      regions,
      replicatedAtMs: atMs,
      announced,
      attachments,
      startedAtMs,
      failures: 0,
      ...(copies === undefined ? {} : { copies }),
      ...(taken === undefined ? {} : { taken }),
    }));
  }

  /** The tag names another image in these regions, and the policy puts up with it. */
  putUpWith(regions: readonly string[], tag: string): Promise<ReplicatedImage> {
    return this.#update((body) => {
      const more = regions.map(
        (region) => [region, [...new Set([...(body.taken?.[region] ?? []), tag])]] as const,
      );
      return { ...body, taken: { ...body.taken, ...Object.fromEntries(more) } };
    });
  }

  announced(tag: string): Promise<ReplicatedImage> {
    return this.#update((body) => ({
      ...body,
      announced: [...new Set([...body.announced, tag])],
    }));
  }

  /** Writes down why copies failed, by region, and what else a failure changes. */
  failed(
    causes: Readonly<Record<string, string>>,
    change: (body: ReplicatedImage) => Partial<ReplicatedImage>,
  ): Promise<ReplicatedImage> {
    const atMs = this.#ports.clock.nowMs();
    return this.#update((body) => {
      const failures = Object.entries(causes).map(
        ([region, cause]) => [region, { state: 'failed' as const, atMs, cause }] as const,
      );
      const copies = { ...body.copies, ...Object.fromEntries(failures) };
      return { ...body, failures: body.failures + 1, copies, ...change(body) };
    });
  }

  /** A region had it deleted, as home had; with the last copy all that was told of it is void. */
  deleted(region: string): Promise<ReplicatedImage> {
    return this.#update((body, isNew) => {
      if (isNew) return undefined;
      const { copies = {}, regions, announced } = body;
      const left = Object.entries(copies).filter(([place]) => place !== region);
      return {
        ...body,
        regions: regions.filter((place) => place !== region),
        copies: Object.fromEntries(left),
        announced: left.length === 0 ? [] : announced,
      };
    });
  }

  /** Farshore took the tag away where it had put it. */
  untagged(tag: string): Promise<ReplicatedImage> {
    return this.#update(({ tag: latest, ...body }) => ({
      ...body,
      ...(latest === undefined || latest === tag ? {} : { tag: latest }),
      announced: body.announced.filter((each) => each !== tag),
    }));
  }

  /** Reads, changes and writes until nobody else wrote in between. */
  async #update(
    change: (body: ReplicatedImage, isNew: boolean) => ReplicatedImage | undefined,
  ): Promise<ReplicatedImage> {
    const { app, digest } = this.#image;
    const key = journalKeys.image(app, digest);
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
      const found = await this.#ports.journal.read<ReplicatedImage>(key);
      const body = found?.body ?? this.#fresh();
      const changed = change(body, found === undefined);
      if (changed === undefined) return body;
      if (await this.#ports.journal.write(key, changed, found?.version)) return changed;
    }
    throw new Error(`the record of ${digest} changed at each of ${ATTEMPTS_MAX} attempts`);
  }

  #fresh(): ReplicatedImage {
    const { digest, tag, home } = this.#image;
    return {
      digest,
      ...(tag === undefined ? {} : { tag }),
      regions: [home],
      announced: [],
      attachments: [],
      startedAtMs: this.#ports.clock.nowMs(),
      failures: 0,
    };
  }
}

function copiesWith(
  { copies }: ReplicatedImage,
  regions: readonly string[],
  copy: RegionCopy,
): Readonly<Record<string, RegionCopy>> {
  return { ...copies, ...Object.fromEntries(regions.map((region) => [region, copy])) };
}
