import type { Operation } from '../../service-model.ts';
import { validation } from './dynamodb-errors.ts';

/** Tables with multi-region strong consistency have no transactions: nothing may rely on them. */
export const transactWriteItems: Operation<object> = refused('TransactWriteItems');

/** Refused like the writing ones. */
export const transactGetItems: Operation<object> = refused('TransactGetItems');

function refused(name: string): Operation<object> {
  return {
    // Refused for everyone, so no policy needs to be asked about the tables inside.
    resources: () => ['*'],
    handle: () => {
      throw validation(
        `${name} is not supported on tables with multi-Region strong consistency. ` +
          'Use a conditional write of one item.',
      );
    },
  };
}
