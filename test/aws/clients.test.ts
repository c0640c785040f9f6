import { DescribeServicesCommand } from '@aws-sdk/client-ecs';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { expect, test } from '@jest/globals';
import { clients } from './every-client.ts';
import { awsError, stubAws } from './stub-client.ts';

test('keeps one client for each service and region', () => {
  const made = clients();
  expect(made.ecs('us-east-1')).toBe(made.ecs('us-east-1'));
  expect(made.ecs('us-east-1')).not.toBe(made.ecs('us-west-2'));
});

test('is patient with layer parts and gives up sooner on the journal', async () => {
  const made = clients();
  expect(await made.ecs('us-east-1').config.maxAttempts()).toBe(3);
  expect(await made.dynamodb('us-east-1').config.maxAttempts()).toBe(2);
  expect(await made.lambda('us-east-1').config.maxAttempts()).toBe(1);
  expect(made.sqs('us-east-1').config.useQueueUrlAsEndpoint).toBe(false);
});

test('an error names the call and the region and stays what it is', async () => {
  const thrown = awsError('ClusterNotFoundException');
  const stub = stubAws({ 'ECS DescribeServices': () => thrown });
  const call = stub.clients.ecs('us-west-2').send(new DescribeServicesCommand({ services: [] }));
  await expect(call).rejects.toBe(thrown);
  expect(thrown.message).toBe(
    'ECS DescribeServices in us-west-2: ClusterNotFoundException happened',
  );
});

test('an error of the real client names its call too', async () => {
  const credentials = { accessKeyId: 'a', secretAccessKey: 's' };
  const made = clients({ endpoint: 'http://127.0.0.1:1', credentials });
  const call = made.lambda('us-west-2').send(new InvokeCommand({ FunctionName: 'promote' }));
  await expect(call).rejects.toThrow(/^Lambda Invoke in us-west-2: .*ECONNREFUSED/);
});
