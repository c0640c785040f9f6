import { describe, expect, test } from '@jest/globals';
import * as errors from '../../aws/errors.ts';
import { awsError } from './stub-client.ts';

describe('an AWS error is told by its name', () => {
  test.each([
    ['NoSuchKey', 'isNotFound'],
    ['ClusterNotFoundException', 'isNotFound'],
    ['ThrottlingException', 'isThrottled'],
    ['SlowDown', 'isThrottled'],
    ['ReplicatedWriteConflictException', 'isConflict'],
    ['ConditionalRequestConflict', 'isConflict'],
    ['ConditionalCheckFailedException', 'isConditionFailed'],
    ['PreconditionFailed', 'isConditionFailed'],
    ['TimeoutError', 'isUnreachable'],
    ['ServiceUnavailable', 'isUnreachable'],
    ['LayerAlreadyExistsException', 'isAlreadyThere'],
  ] as const)('%s: %s and nothing else', (name, expected) => {
    const kinds = Object.entries(errors).filter(([kind]) => kind !== 'isNamed');
    const found = kinds.filter(([, is]) => is(awsError(name), ''));
    expect(found.map(([kind]) => kind)).toEqual([expected]);
  });

  test('a network failure has its name in its code, or its cause has it', () => {
    const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    expect(errors.isUnreachable(refused)).toBe(true);
    expect(errors.isUnreachable(new TypeError('fetch failed', { cause: refused }))).toBe(true);
  });

  test('a message that mentions a name does not count', () => {
    expect(errors.isNotFound(new Error('NoSuchKey'))).toBe(false);
    expect(errors.isNotFound('NoSuchKey')).toBe(false);
  });
});
