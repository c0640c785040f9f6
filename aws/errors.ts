/**
 * What an AWS error means, told by its name alone: messages are for people and change. Network
 * failures have their name in `code` instead, sometimes only on their cause, as with `fetch`.
 */
export function isNotFound(error: unknown): boolean {
  return hasName(error, notFound);
}

/** Too many calls: the same call succeeds later. */
export function isThrottled(error: unknown): boolean {
  return hasName(error, throttled);
}

/** Another writer is at it in this moment: reading again tells who won. */
export function isConflict(error: unknown): boolean {
  return hasName(error, conflict);
}

/** What the write asked for does not hold: somebody wrote before. */
export function isConditionFailed(error: unknown): boolean {
  return hasName(error, conditionFailed);
}

/** No answer, or one that only a broken region gives: another region may do better. */
export function isUnreachable(error: unknown): boolean {
  return hasName(error, unreachable);
}

/** What an upload or push already did: a repeated call has nothing left to do. */
export function isAlreadyThere(error: unknown): boolean {
  return hasName(error, alreadyThere);
}

/** Whether an error carries exactly this name. */
export function isNamed(error: unknown, name: string): boolean {
  return namesOf(error).includes(name);
}

const notFound = new Set([
  'ClusterNotFoundException',
  'ImageNotFoundException',
  'NoSuchKey',
  'NotFound',
  'ResourceNotFoundException',
  'ServiceNotFoundException',
]);

const throttled = new Set([
  'LimitExceededException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'SlowDown',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
]);

const conflict = new Set([
  'ConditionalRequestConflict',
  'ReplicatedWriteConflictException',
  'TransactionConflictException',
]);

const conditionFailed = new Set(['ConditionalCheckFailedException', 'PreconditionFailed']);

const alreadyThere = new Set(['ImageAlreadyExistsException', 'LayerAlreadyExistsException']);

const unreachable = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'InternalFailure',
  'InternalServerError',
  'RequestTimeout',
  'RequestTimeoutException',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'TimeoutError',
]);

function hasName(error: unknown, names: ReadonlySet<string>): boolean {
  return namesOf(error).some((name) => names.has(name));
}

function namesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [];
  const { code } = error as { readonly code?: unknown };
  const cause = error.cause instanceof Error ? namesOf(error.cause) : [];
  return [error.name, ...(typeof code === 'string' ? [code] : []), ...cause];
}
