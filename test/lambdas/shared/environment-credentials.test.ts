import { afterEach, expect, test } from '@jest/globals';
import { defaultProvider } from '../../../lambdas/shared/environment-credentials.ts';

const before = { ...process.env };
const variables = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'] as const;

function given(values: Readonly<Partial<Record<(typeof variables)[number], string>>>): void {
  for (const variable of variables) Reflect.deleteProperty(process.env, variable);
  Object.assign(process.env, values);
}

afterEach(() => {
  const now = variables.flatMap((variable) => {
    const value = before[variable];
    return value === undefined ? [] : [[variable, value] as const];
  });
  given(Object.fromEntries(now));
});

test('a function calls with the keys of its role', async () => {
  given({ AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'token' });
  expect(await defaultProvider()()).toEqual({
    accessKeyId: 'id',
    secretAccessKey: 'secret',
    sessionToken: 'token',
  });
});

test('keys without a session are taken as they are', async () => {
  given({ AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' });
  expect(await defaultProvider()()).toEqual({ accessKeyId: 'id', secretAccessKey: 'secret' });
});

test('without keys the first call says which variables are missing', async () => {
  given({ AWS_ACCESS_KEY_ID: 'id' });
  await expect(defaultProvider()()).rejects.toThrow('AWS_SECRET_ACCESS_KEY are missing');
});
