import { describe, expect, test } from '@jest/globals';
import { type FunctionName, functions } from '../../core/contract/functions.ts';
import { resourcesOf, synthesize, text } from './synthesize.ts';

const { regional } = synthesize();
const template = regional('us-west-2');
const names = Object.keys(functions) as FunctionName[];

function functionNamed(name: FunctionName) {
  const all = Object.values(resourcesOf(template, 'AWS::Lambda::Function'));
  const found = all.find(
    ({ Properties }) => Properties['FunctionName'] === `farshore-shop-${name}`,
  );
  if (found === undefined) throw new Error(`no function ${name}`);
  return found.Properties;
}

function queueNamed(name: string) {
  const all = Object.entries(resourcesOf(template, 'AWS::SQS::Queue'));
  const found = all.find(([, { Properties }]) => Properties['QueueName'] === name);
  if (found === undefined) throw new Error(`no queue ${name}`);
  return { id: found[0], ...found[1].Properties } as Readonly<Record<string, unknown>>;
}

describe.each(names)('%s', (name) => {
  test('runs on Node 24 and arm64 with the time and memory of its contract', () => {
    expect(functionNamed(name)).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      Timeout: functions[name].timeoutSeconds,
      MemorySize: functions[name].memoryMb,
    });
  });

  test('has every variable that its contract asks for, and no other', () => {
    const { Variables } = functionNamed(name)['Environment'] as { Variables: object };
    expect(Object.keys(Variables).sort()).toEqual(
      Object.keys(functions[name].env.def.shape).sort(),
    );
  });

  test('gives a message five tries before it becomes a dead letter', () => {
    const queue = queueNamed(`farshore-shop-${name}`);
    const deadLetters = queueNamed(`farshore-shop-${name}-dead-letters`);
    expect(queue['RedrivePolicy']).toEqual({
      deadLetterTargetArn: { 'Fn::GetAtt': [deadLetters['id'], 'Arn'] },
      maxReceiveCount: 5,
    });
    expect(deadLetters['MessageRetentionPeriod']).toBe(14 * 24 * 3600);
  });

  test('hides a message for six times its timeout, as AWS advises', () => {
    const queue = queueNamed(`farshore-shop-${name}`);
    expect(queue['VisibilityTimeout']).toBe(6 * functions[name].timeoutSeconds);
  });

  test('takes messages one by one and reports each failure by itself', () => {
    const queue = queueNamed(`farshore-shop-${name}`);
    const mappings = Object.values(resourcesOf(template, 'AWS::Lambda::EventSourceMapping'));
    const own = mappings.filter(
      ({ Properties }) => text(Properties['EventSourceArn']) === `<${String(queue['id'])}.Arn>`,
    );
    expect(own.map(({ Properties }) => Properties)).toEqual([
      expect.objectContaining({
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: 5 },
      }),
    ]);
  });

  test('keeps its log for three months', () => {
    template.hasResourceProperties('AWS::Logs::LogGroup', {
      LogGroupName: `/aws/lambda/farshore-shop-${name}`,
      RetentionInDays: 90,
    });
  });

  test('may wake itself through its queue for as long as it takes', () => {
    expect(functionNamed(name)['RecursiveLoop']).toBe('Allow');
  });
});

test('every queue is encrypted and refuses plain HTTP', () => {
  for (const region of ['us-east-1', 'us-west-2', 'us-east-2']) {
    const queues = resourcesOf(regional(region), 'AWS::SQS::Queue');
    const policies = Object.values(resourcesOf(regional(region), 'AWS::SQS::QueuePolicy'));
    for (const [id, { Properties }] of Object.entries(queues)) {
      expect(Properties['SqsManagedSseEnabled']).toBe(true);
      const own = policies.filter(({ Properties: policy }) => {
        return (policy['Queues'] as readonly { Ref: string }[]).some(({ Ref }) => Ref === id);
      });
      expect(JSON.stringify(own)).toContain('"aws:SecureTransport":"false"');
    }
  }
});
