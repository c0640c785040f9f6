import { expect, test } from '@jest/globals';
import { SqsQueue } from '../../../aws/sqs-queue.ts';
import { sendLaterRounds } from '../../../lambdas/shared/probe-rounds.ts';
import { stubAws } from '../../aws/stub-client.ts';

async function roundsFor(body: unknown) {
  const stub = stubAws({ 'SQS SendMessage': () => ({}) });
  await sendLaterRounds(new SqsQueue(stub.clients.sqs('us-east-1'), 'https://sqs/q'), body);
  return stub.inputs('SQS SendMessage');
}

test('a minute becomes five delayed rounds beside the one at once', async () => {
  const sent = await roundsFor({ kind: 'probe-minute' });
  expect(sent.map(({ DelaySeconds }) => DelaySeconds)).toEqual([10, 20, 30, 40, 50]);
  expect(new Set(sent.map(({ MessageBody }) => MessageBody))).toEqual(
    new Set(['{"kind":"probe"}']),
  );
});

test.each([[{ kind: 'probe' }], [null], ['probe-minute'], [{}]])(
  '%j brings no further rounds',
  async (body) => {
    expect(await roundsFor(body)).toEqual([]);
  },
);
