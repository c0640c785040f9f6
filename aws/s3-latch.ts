import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { Fleet } from '../core/contract/fleet.ts';
import { LATCHED, latchKey, names } from '../core/contract/names.ts';
import type { Latch, LatchState } from '../core/ports.ts';
import { isConditionFailed, isConflict, isNotFound } from './errors.ts';

export interface LatchOptions {
  readonly client: (region: string) => S3Client;
  readonly fleet: Fleet;
  readonly accountId: string;
}

interface Place {
  readonly region: string;
  readonly bucket: string;
  readonly key: string;
}

/** What is written now; without an `etag` there is nothing yet. */
interface Current extends LatchState {
  readonly etag?: string;
}

/** Writers that come in between; every one of them raises the epoch, so it ends soon. */
const ATTEMPTS_MAX = 4;

/** How the latch lies in S3; a health checker looks for the first word only. */
const content = /^(LATCHED|OPEN) epoch=(\d+)$/;

/** The latch of an application: an object in its standby region, changed but never deleted. */
export class S3Latch implements Latch {
  readonly #options: LatchOptions;

  constructor(options: LatchOptions) {
    this.#options = options;
  }

  async read(app: string): Promise<LatchState> {
    const { latched, epoch } = await this.#current(this.#place(app));
    return { latched, epoch };
  }

  async write(app: string, state: LatchState): Promise<boolean> {
    const place = this.#place(app);
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
      const current = await this.#current(place);
      // The same content is our own earlier write, also when its answer was lost.
      if (isSame(current, state) && current.etag !== undefined) return true;
      if (current.etag !== undefined && current.epoch >= state.epoch) return false;
      if (await this.#put(place, state, current.etag)) return true;
    }
    throw new Error(
      `latch ${place.bucket}/${place.key}: others wrote it ${ATTEMPTS_MAX} times in a row`,
    );
  }

  async #current({ region, bucket, key }: Place): Promise<Current> {
    try {
      const { Body, ETag } = await this.#options
        .client(region)
        .send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      const text = (await Body?.transformToString()) ?? '';
      const match = content.exec(text.trim());
      if (match === null || ETag === undefined) {
        throw new Error(
          `latch ${bucket}/${key} holds "${text.slice(0, 100)}", which Farshore did not write; ` +
            `write "OPEN epoch=<number>" to open it by hand`,
        );
      }
      return { latched: match[1] === LATCHED, epoch: Number(match[2]), etag: ETag };
    } catch (error) {
      if (isNotFound(error)) return { latched: false, epoch: 0 };
      throw error;
    }
  }

  /** Writes over exactly what was read; `false` when somebody else was faster. */
  async #put(place: Place, state: LatchState, etag: string | undefined): Promise<boolean> {
    try {
      await this.#options.client(place.region).send(
        new PutObjectCommand({
          Bucket: place.bucket,
          Key: place.key,
          Body: `${state.latched ? LATCHED : 'OPEN'} epoch=${state.epoch}`,
          ContentType: 'text/plain',
          // A health checker must never be given yesterday's answer.
          CacheControl: 'no-store',
          ...(etag === undefined ? { IfNoneMatch: '*' } : { IfMatch: etag }),
        }),
      );
      return true;
    } catch (error) {
      if (isConditionFailed(error) || isConflict(error) || isNotFound(error)) return false;
      throw error;
    }
  }

  /** The first region of an application is its primary; the second, its standby, has the latch. */
  #place(app: string): Place {
    const { fleet, accountId } = this.#options;
    const [primary, standby] = fleet.applications[app]?.regions ?? [];
    if (primary === undefined || standby === undefined) {
      throw new Error(`application ${app} has no standby region, so it has no latch`);
    }
    const bucket = names.latchBucket(fleet.name, accountId, standby);
    return { region: standby, bucket, key: latchKey(app, primary) };
  }
}

function isSame(current: LatchState, state: LatchState): boolean {
  return current.latched === state.latched && current.epoch === state.epoch;
}
