/**
 * Ids of the messages that a function did not work off, by its partial batch response. Anything
 * Lambda cannot read, or an id that is not of the batch, means that all of them failed.
 */
export function failedMessages(response: unknown, ids: readonly string[]): readonly string[] {
  if (response === null || response === undefined) return [];
  if (typeof response !== 'object') return ids;
  const { batchItemFailures: failures } = response as { batchItemFailures?: unknown };
  if (failures === undefined || failures === null) return [];
  if (!Array.isArray(failures)) return ids;
  const failed = failures.map((failure: unknown) => identifierOf(failure));
  const isReadable = failed.every((id) => id !== undefined && ids.includes(id));
  return isReadable ? failed.filter((id) => id !== undefined) : ids;
}

function identifierOf(failure: unknown): string | undefined {
  if (typeof failure !== 'object' || failure === null) return undefined;
  const { itemIdentifier } = failure as { itemIdentifier?: unknown };
  return typeof itemIdentifier === 'string' ? itemIdentifier : undefined;
}
