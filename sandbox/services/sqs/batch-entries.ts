import { ServiceError } from '../../service-model.ts';

const ENTRIES_MAX = 10;

interface BatchEntry {
  readonly Id: string | undefined;
}

/** The entries of a batch, refused as a whole when there are none, too many, or unclear ids. */
export function checkedEntries<Entry extends BatchEntry>(
  entries: readonly Entry[] | undefined,
  entryName: string,
): readonly (Entry & { readonly Id: string })[] {
  if (entries === undefined || entries.length === 0) {
    throw new ServiceError(
      'EmptyBatchRequest',
      `There should be at least one ${entryName} in the request.`,
    );
  }
  if (entries.length > ENTRIES_MAX) {
    throw new ServiceError(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are ${ENTRIES_MAX}. You have sent ${entries.length}.`,
    );
  }
  const seen = new Set<string>();
  return entries.map((entry) => {
    const id = checkedId(entry.Id);
    if (seen.has(id)) throw new ServiceError('BatchEntryIdsNotDistinct', `Id ${id} repeated.`);
    seen.add(id);
    return { ...entry, Id: id };
  });
}

/** Runs each entry alone: one that fails does not stop the others. */
export function runEntries<Entry extends { readonly Id: string }, Result>(
  entries: readonly Entry[],
  run: (entry: Entry) => Result,
) {
  const Successful: Result[] = [];
  const Failed: { Id: string; SenderFault: boolean; Code: string; Message: string }[] = [];
  for (const entry of entries) {
    try {
      Successful.push(run(entry));
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      const { code, message } = error;
      Failed.push({ Id: entry.Id, SenderFault: true, Code: code, Message: message });
    }
  }
  return { Successful, Failed };
}

function checkedId(id: string | undefined): string {
  if (id !== undefined && /^[A-Za-z0-9_-]{1,80}$/.test(id)) return id;
  throw new ServiceError(
    'InvalidBatchEntryId',
    'A batch entry id can only contain alphanumeric characters, hyphens and underscores. ' +
      'It can be at most 80 letters long.',
  );
}
