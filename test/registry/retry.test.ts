import { expect, test } from '@jest/globals';
import { refusalOf, RegistryError } from '../../registry/registry-error.ts';
import { isWorthRetrying, parseRetryAfter, retrying } from '../../registry/retry.ts';

const refusal = (status: number, body: object | string) =>
  refusalOf({ what: 'w', status, body: typeof body === 'string' ? body : JSON.stringify(body) });
const errors = (code: string, message = '') => ({ errors: [{ code, message }] });

test.each([
  [429, errors('TOOMANYREQUESTS'), 'throttled', true],
  [400, errors('ThrottlingException'), 'throttled', true],
  [400, { __type: 'ThrottlingException', message: 'Rate exceeded' }, 'throttled', true],
  [400, errors('MANIFEST_INVALID'), 'refused', false],
  [401, errors('UNAUTHORIZED'), 'permission', false],
  [403, errors('DENIED'), 'permission', false],
  [404, errors('NAME_UNKNOWN'), 'not-found', false],
  [408, '', 'broken', true],
  [500, '<html>\n<b>oops</b></html>', 'broken', true],
  [502, 'bad gateway', 'broken', true],
])('takes %i %j for %s', (status, body, failure, isAgain) => {
  const error = refusal(status, body);
  expect(error.failure).toBe(failure);
  expect(isWorthRetrying(error)).toBe(isAgain);
  expect(error.message).not.toContain('\n');
});

test('reads Retry-After in seconds and as a date, and never waits over a minute', () => {
  const date = 'Wed, 21 Oct 2026 07:28:00 GMT';
  expect(parseRetryAfter('3', date)).toBe(3_000);
  expect(parseRetryAfter('Wed, 21 Oct 2026 07:28:09 GMT', date)).toBe(9_000);
  expect(parseRetryAfter('Wed, 21 Oct 2026 07:27:00 GMT', date)).toBe(0);
  expect(parseRetryAfter('86400', date)).toBe(60_000);
  expect(parseRetryAfter('soon', date)).toBeUndefined();
  expect(parseRetryAfter(undefined, date)).toBeUndefined();
});

test('waits longer each time, by full jitter, and gives up at last', async () => {
  const waits: number[] = [];
  const means = {
    sleep: (ms: number) => {
      waits.push(ms);
      return Promise.resolve();
    },
    random: () => 0.5,
  };
  const work = () => Promise.reject(new RegistryError('broken', 'down'));
  await expect(retrying({ means }, work)).rejects.toThrow('down');
  expect(waits).toEqual([100, 200, 400, 800, 1_600]);
});

test('does not try again what cannot succeed', async () => {
  let count = 0;
  const work = () => {
    count += 1;
    return Promise.reject(new RegistryError('permission', 'no'));
  };
  const means = { sleep: () => Promise.resolve(), random: () => 0 };
  await expect(retrying({ means }, work)).rejects.toThrow('no');
  expect(count).toBe(1);
});
