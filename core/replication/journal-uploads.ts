import { journalKeys } from '../contract/journal.ts';
import { messageOf } from '../errors.ts';
import type { BegunUpload, ControlPorts, UploadPage } from '../ports.ts';
import type { UploadBook } from './upload-book.ts';

/** Uploads of one image to one target that are under way, at `journalKeys.uploads`. */
interface BegunUploads {
  /** By digest of the layer. */
  readonly uploads: Readonly<Record<string, BegunUpload>>;
}

/**
 * Bytes between two notes of how far an upload is. The id is what counts: the registry itself says
 * which byte came last, so an old note costs one answer and no part more.
 */
const NOTED_BYTES = 64 * 1_048_576;

type Means = Pick<ControlPorts, 'journal' | 'logger'>;

/** The upload book of one image in the journal: whoever goes on with the copy finds it there. */
export class JournalUploads {
  /** Uploads of an earlier run that this one went on with. */
  resumed = 0;
  readonly #means: Means;
  readonly #image: { readonly app: string; readonly digest: string };
  readonly #targets = new Map<string, Promise<TargetUploads>>();

  constructor(means: Means, image: { readonly app: string; readonly digest: string }) {
    this.#means = means;
    this.#image = image;
  }

  readonly book: UploadBook = ({ target, digest }): UploadPage => ({
    read: async () => {
      const begun = (await this.#of(target)).find(digest);
      if (begun !== undefined) this.resumed += 1;
      return begun;
    },
    write: async (upload) => {
      (await this.#of(target)).note(digest, upload);
    },
    forget: async () => {
      (await this.#of(target)).forget(digest);
    },
  });

  /** Ends when the journal knows how far every upload is. */
  async settle(): Promise<void> {
    await Promise.all([...this.#targets.values()].map(async (target) => (await target).settle()));
  }

  #of(target: string): Promise<TargetUploads> {
    const known = this.#targets.get(target);
    if (known !== undefined) return known;
    const { app, digest } = this.#image;
    const opened = TargetUploads.open(this.#means, journalKeys.uploads(app, digest, target));
    this.#targets.set(target, opened);
    return opened;
  }
}

/** One target's page; one write at a time, which carries all that was noted before it. */
class TargetUploads {
  readonly #means: Means;
  readonly #key: ReturnType<typeof journalKeys.uploads>;
  readonly #uploads: Map<string, BegunUpload>;
  #version: number | undefined;
  #written: ReadonlyMap<string, BegunUpload>;
  #writing: Promise<void> | undefined;

  static async open(means: Means, key: ReturnType<typeof journalKeys.uploads>) {
    const found = await means.journal.read<BegunUploads>(key);
    return new TargetUploads(means, key, {
      uploads: new Map(Object.entries(found?.body.uploads ?? {})),
      version: found?.version,
    });
  }

  private constructor(
    means: Means,
    key: ReturnType<typeof journalKeys.uploads>,
    found: { readonly uploads: Map<string, BegunUpload>; readonly version: number | undefined },
  ) {
    this.#means = means;
    this.#key = key;
    this.#uploads = found.uploads;
    this.#written = new Map(found.uploads);
    this.#version = found.version;
  }

  find(digest: string): BegunUpload | undefined {
    return this.#uploads.get(digest);
  }

  note(digest: string, upload: BegunUpload): void {
    this.#uploads.set(digest, upload);
    const written = this.#written.get(digest);
    const isFarther = upload.receivedBytes - (written?.receivedBytes ?? 0) >= NOTED_BYTES;
    if (written?.id !== upload.id || isFarther) this.#write();
  }

  /** Not worth a write of its own: a stale note of a layer that is there is never read. */
  forget(digest: string): void {
    this.#uploads.delete(digest);
  }

  async settle(): Promise<void> {
    await this.#writing;
    if (this.#isWritten()) return;
    this.#write();
    await this.#writing;
  }

  #isWritten(): boolean {
    if (this.#uploads.size !== this.#written.size) return false;
    return [...this.#uploads].every(([digest, { id, receivedBytes }]) => {
      const written = this.#written.get(digest);
      return written?.id === id && written.receivedBytes === receivedBytes;
    });
  }

  #write(): void {
    // A write that waits behind another takes what is noted by then.
    this.#writing ??= this.#save().finally(() => {
      this.#writing = undefined;
    });
  }

  /** Without its notes a copy begins some layers again; that is no reason to end it. */
  async #save(): Promise<void> {
    const uploads = new Map(this.#uploads);
    const { journal, logger } = this.#means;
    try {
      const body: BegunUploads = { uploads: Object.fromEntries(uploads) };
      if (!(await journal.write(this.#key, body, this.#version))) {
        this.#version = (await journal.read(this.#key))?.version;
        return;
      }
      this.#version = (this.#version ?? 0) + 1;
      this.#written = uploads;
    } catch (error) {
      logger.warn('Begun uploads could not be written down.', { cause: messageOf(error) });
    }
  }
}
