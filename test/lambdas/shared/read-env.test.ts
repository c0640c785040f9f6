import { expect, test } from '@jest/globals';
import { type FunctionName, functions } from '../../../core/contract/functions.ts';
import { readEnv } from '../../../lambdas/shared/read-env.ts';
import { functionEnvironment } from '../function-environment.ts';

const names = Object.keys(functions) as FunctionName[];

test.each(names)('%s: parses what the stack sets', (name) => {
  const { env, region } = readEnv(name, functionEnvironment);
  expect(region).toBe('us-east-1');
  expect(env.QUEUE_URL).toBe('https://sqs/own');
});

test('names everything that is missing or wrong at once', () => {
  const missing = { AWS_REGION: undefined, BUS_NAME: undefined };
  const environment = { ...functionEnvironment, ...missing, QUEUE_URL: 'queue', TOPIC_ARN: '' };
  expect(() => readEnv('sweep', environment)).toThrow(
    'The environment of sweep is wrong: BUS_NAME is missing, TOPIC_ARN is "", ' +
      'QUEUE_URL is "queue", AWS_REGION is missing.',
  );
});
