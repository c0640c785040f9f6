import { journalKeys } from '../contract/journal.ts';
import type { Journal } from '../ports.ts';
import type { ReplicatedImage } from '../replicated-image.ts';
import type { DeletionEvent } from './deletion-event.ts';
import type { CarriedImage } from './find-gone.ts';

/** Up to so many records are read one by one; beyond it one query of all of them costs less. */
const READS_MAX = 25;

/** What the journal knows of these images; nothing of those that Farshore never carried. */
export async function readCarried(
  { journal }: { readonly journal: Journal },
  { app, application }: Pick<DeletionEvent, 'app' | 'application'>,
  digests: readonly string[],
): Promise<readonly CarriedImage[]> {
  const records = await (digests.length > READS_MAX
    ? listRecords(journal, app, digests)
    : readRecords(journal, app, digests));
  return records.flatMap((record) => carriedFrom(record, application.home) ?? []);
}

async function readRecords(journal: Journal, app: string, digests: readonly string[]) {
  const found = await Promise.all(
    digests.map((digest) => journal.read<ReplicatedImage>(journalKeys.image(app, digest))),
  );
  return found.flatMap((each) => each?.body ?? []);
}

async function listRecords(journal: Journal, app: string, digests: readonly string[]) {
  const wanted = new Set(digests);
  const options = { prefix: journalKeys.imagePrefix };
  const found = await journal.list<ReplicatedImage>(journalKeys.appPartition(app), options);
  return found.map(({ body }) => body).filter(({ digest }) => wanted.has(digest));
}

/** Home had it, so that it can be gone there; a region that took over as home never sent it. */
function carriedFrom(record: ReplicatedImage, home: string): CarriedImage | undefined {
  const { digest, tag, announced, copies = {}, regions, attachments } = record;
  if (!regions.includes(home)) return undefined;
  const own = [...new Set([...announced, ...(tag === undefined ? [] : [tag])])];
  return {
    digest,
    tags: own,
    regions: Object.keys(copies).filter((region) => copies[region]?.state === 'whole'),
    attachments,
  };
}
