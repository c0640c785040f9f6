import { ServiceError } from '../../service-model.ts';
import type { Item } from './attribute-value.ts';

/** The request itself is wrong. */
export const validation = (message: string): ServiceError =>
  new ServiceError('ValidationException', message);

/** A correct request that this stand-in does not answer. */
export const notImplemented = (what: string): ServiceError =>
  validation(`The local cloud does not implement ${what}. Use what docs/sandbox.md lists.`);

/** No table of this name in the region; DescribeTable also names it. */
export const tableNotFound = (name?: string): ServiceError =>
  new ServiceError(
    'ResourceNotFoundException',
    name === undefined
      ? 'Requested resource not found'
      : `Requested resource not found: Table: ${name} not found`,
  );

/** With the item that stood in the way when the caller asked for it. */
export const conditionalCheckFailed = (
  item: Item | undefined,
  returnValues: string | undefined,
): ServiceError =>
  new ServiceError('ConditionalCheckFailedException', 'The conditional request failed', {
    members: returnValues === 'ALL_OLD' && item !== undefined ? { Item: item } : {},
  });

/** What a replica answers that cannot reach a majority of its table. */
export const noQuorum = (): ServiceError =>
  new ServiceError('InternalServerError', 'Internal server error', { httpStatus: 500 });

/** Refuses parameters that would change the answer in a way that is not modelled. */
export function refuseParameters(input: object, names: readonly string[]): void {
  for (const [name, value] of Object.entries(input)) {
    if (value !== undefined && names.includes(name)) throw notImplemented(`the parameter ${name}`);
  }
  const { ReturnConsumedCapacity: capacity = 'NONE' } = input as {
    readonly ReturnConsumedCapacity?: string;
  };
  if (capacity !== 'NONE') {
    throw notImplemented('the parameter ReturnConsumedCapacity');
  }
}
