import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { BegunUpload } from '../../core/ports.ts';
import type { UploadBook } from '../../core/replication/upload-book.ts';

/**
 * Begun uploads as small files of one folder, so that a copy that was killed is gone on with by
 * the next. Losing them costs only bytes, so a folder that cannot be written stops nothing.
 */
export function uploadBookIn(folder: string): UploadBook {
  return ({ target, repository, digest }) => {
    const key = createHash('sha256').update(`${target} ${repository}@${digest}`).digest('hex');
    const file = path.join(folder, `${key}.json`);
    return {
      read: () => orNothing(() => JSON.parse(readFileSync(file, 'utf8')) as BegunUpload),
      write: async (upload) => {
        await orNothing(() => {
          mkdirSync(folder, { recursive: true, mode: 0o700 });
          writeFileSync(file, JSON.stringify(upload), { mode: 0o600 });
        });
      },
      forget: async () => {
        await orNothing(() => {
          rmSync(file, { force: true });
        });
      },
    };
  };
}

function orNothing<T>(work: () => T): Promise<T | undefined> {
  try {
    return Promise.resolve(work());
  } catch {
    // Missing, unreadable or full: the upload then begins anew, which is always right.
    return Promise.resolve(undefined);
  }
}
