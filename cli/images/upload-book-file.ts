import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { BegunUpload, UploadBook } from '../../registry/upload-book.ts';

/**
 * Begun uploads as small files of one folder, so that a copy that was killed is gone on with by
 * the next. Losing them costs only bytes, so a folder that cannot be written stops nothing.
 */
export function uploadBookIn(folder: string): UploadBook {
  const fileOf = (key: string) =>
    path.join(folder, `${createHash('sha256').update(key).digest('hex')}.json`);
  const written = new Map<string, string>();
  return {
    read: (key) => orNothing(() => JSON.parse(readFileSync(fileOf(key), 'utf8')) as BegunUpload),
    write: (key, upload) => {
      if (written.get(key) === upload.location) return;
      written.set(key, upload.location);
      orNothing(() => {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        writeFileSync(fileOf(key), JSON.stringify(upload), { mode: 0o600 });
      });
    },
    forget: (key) => {
      if (!written.delete(key)) return;
      orNothing(() => {
        rmSync(fileOf(key), { force: true });
      });
    },
  };
}

function orNothing<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    // Missing, unreadable or full: the upload then begins anew, which is always right.
    return undefined;
  }
}
