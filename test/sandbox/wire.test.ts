import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { AwsSmithyRpcV2CborProtocol } from '@aws-sdk/core/protocols';
import {
  CloudWatchClient,
  PutMetricDataCommand,
  DescribeAlarmsCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  DescribeServicesCommand,
  ECSClient,
  ServiceNotFoundException,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  ChangeResourceRecordSetsCommand,
  DeleteHealthCheckCommand,
  InvalidChangeBatch,
  ListResourceRecordSetsCommand,
  Route53Client,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  CreateScheduleCommand,
  GetScheduleCommand,
  SchedulerClient,
} from '@aws-sdk/client-scheduler';
import {
  NotFoundException,
  PublishCommand,
  SetTopicAttributesCommand,
  SNSClient,
} from '@aws-sdk/client-sns';
import {
  QueueDoesNotExist,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { Gateway } from '../../sandbox/gateway.ts';
import { ServiceError } from '../../sandbox/service-model.ts';
import { emptyCloud, fakeService } from './fake-services.ts';
import type { Seen } from './fake-services.ts';

const seen: Seen = [];
const cloud = emptyCloud();
const defects: unknown[] = [];
const gateway = new Gateway(cloud, {
  status: () => ({ ready: true }),
  routes: { load: ({ body }) => ({ got: body }) },
  onDefect: (error) => defects.push(error),
});
let endpoint = '';
const at = new Date('2026-09-01T10:00:00Z');

beforeAll(async () => {
  endpoint = await gateway.listen();
});
afterAll(() => gateway.close());
beforeEach(() => {
  seen.length = 0;
});

const options = (region = 'eu-west-1') => ({
  region,
  endpoint,
  maxAttempts: 1,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});
const input = (): Record<string, unknown> => seen.at(-1)?.input ?? {};

describe('awsJson1.1 (ECS)', () => {
  cloud.register(
    fakeService({ id: 'ecs', iamPrefix: 'ecs' }, seen, {
      DescribeServices: {
        services: [{ serviceName: 'web', desiredCount: 3, createdAt: at }],
        failures: [],
      },
      UpdateService: new ServiceError('ServiceNotFoundException', 'Service not found.'),
    }),
  );

  test('carries numbers, dates and text both ways', async () => {
    const ecs = new ECSClient(options());
    const answer = await ecs.send(
      new DescribeServicesCommand({ cluster: 'shöp', services: ['web'] }),
    );
    expect(seen).toEqual([
      {
        operation: 'DescribeServices',
        region: 'eu-west-1',
        input: { cluster: 'shöp', services: ['web'] },
      },
    ]);
    expect(answer.services).toEqual([{ serviceName: 'web', desiredCount: 3, createdAt: at }]);
  });

  test('answers with typed exceptions', async () => {
    const ecs = new ECSClient(options());
    const update = ecs.send(new UpdateServiceCommand({ service: 'web' }));
    await expect(update).rejects.toBeInstanceOf(ServiceNotFoundException);
    await expect(update).rejects.toMatchObject({ message: 'Service not found.' });
  });

  test('takes the region from the signature', async () => {
    await new ECSClient(options('us-west-2')).send(
      new DescribeServicesCommand({ services: ['a'] }),
    );
    expect(seen.at(-1)?.region).toBe('us-west-2');
  });
});

describe.each([
  ['awsJson1.0', {}],
  ['CBOR', { protocol: AwsSmithyRpcV2CborProtocol }],
])('CloudWatch over %s', (_name, protocol) => {
  beforeAll(() => {
    cloud.register(
      fakeService({ id: 'cloudwatch', iamPrefix: 'cloudwatch' }, seen, {
        PutMetricData: {},
        DescribeAlarms: {
          MetricAlarms: [{ AlarmName: 'a', Threshold: 1.5, StateUpdatedTimestamp: at }],
        },
      }),
    );
  });

  test('carries metrics and alarms', async () => {
    const client = new CloudWatchClient({ ...options(), ...protocol });
    const MetricData = [{ MetricName: 'm', Value: 2.5, Timestamp: at }];
    await client.send(new PutMetricDataCommand({ Namespace: 'n', MetricData }));
    expect(input()).toEqual({ Namespace: 'n', MetricData });
    const { MetricAlarms } = await client.send(new DescribeAlarmsCommand({}));
    expect(MetricAlarms).toEqual([{ AlarmName: 'a', Threshold: 1.5, StateUpdatedTimestamp: at }]);
  });

  test('names what it does not implement', async () => {
    cloud.register(fakeService({ id: 'cloudwatch', iamPrefix: 'cloudwatch' }, seen, {}));
    const client = new CloudWatchClient({ ...options(), ...protocol });
    await expect(client.send(new DescribeAlarmsCommand({}))).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: 'The local cloud does not implement cloudwatch:DescribeAlarms.',
    });
  });
});

describe('CloudWatch with compressed requests', () => {
  beforeAll(() => {
    cloud.register(
      fakeService({ id: 'cloudwatch', iamPrefix: 'cloudwatch' }, seen, { PutMetricData: {} }),
    );
  });

  test('unpacks compressed requests', async () => {
    const client = new CloudWatchClient({ ...options() });
    const MetricData = Array.from({ length: 400 }, (_, n) => ({
      MetricName: `metric-${n}`,
      Value: n,
    }));
    await client.send(new PutMetricDataCommand({ Namespace: 'n', MetricData }));
    expect(input()['MetricData']).toHaveLength(400);
  });
});

describe('awsQuery (SNS)', () => {
  cloud.register(
    fakeService({ id: 'sns', iamPrefix: 'sns' }, seen, {
      Publish: { MessageId: 'm-1' },
      SetTopicAttributes: new ServiceError('NotFoundException', 'No <topic> & no mercy', {
        httpStatus: 404,
      }),
    }),
  );

  test('reads nested maps and writes results', async () => {
    const message = {
      TopicArn: 'arn:aws:sns:eu-west-1:1:t',
      Message: 'a & b <c>',
      MessageAttributes: {
        one: { DataType: 'String', StringValue: '1' },
        two: { DataType: 'Binary', BinaryValue: new Uint8Array([1, 2]) },
      },
    };
    const answer = await new SNSClient(options()).send(new PublishCommand(message));
    expect(answer.MessageId).toBe('m-1');
    expect(input()).toEqual(message);
  });

  test('answers with typed exceptions', async () => {
    const call = new SNSClient(options()).send(
      new SetTopicAttributesCommand({
        TopicArn: 't',
        AttributeName: 'DisplayName',
        AttributeValue: '',
      }),
    );
    await expect(call).rejects.toBeInstanceOf(NotFoundException);
    await expect(call).rejects.toMatchObject({ message: 'No <topic> & no mercy' });
  });
});

describe('awsJson1.0 with query-compatible errors (SQS)', () => {
  const MD5OfBody = createHash('md5').update('b').digest('hex');
  cloud.register(
    fakeService({ id: 'sqs', iamPrefix: 'sqs' }, seen, {
      ReceiveMessage: { Messages: [{ Body: 'b', MD5OfBody, Attributes: { SentTimestamp: '1' } }] },
      SendMessage: new ServiceError('QueueDoesNotExist', 'no queue'),
    }),
  );

  test('carries messages', async () => {
    const QueueUrl = `${endpoint}/123456789012/q`;
    const answer = await new SQSClient(options()).send(new ReceiveMessageCommand({ QueueUrl }));
    expect(answer.Messages).toEqual([{ Body: 'b', MD5OfBody, Attributes: { SentTimestamp: '1' } }]);
    expect(input()).toEqual({ QueueUrl });
  });

  test('answers with typed exceptions', async () => {
    const call = new SQSClient(options()).send(
      new SendMessageCommand({ QueueUrl: `${endpoint}/1/q`, MessageBody: 'x' }),
    );
    await expect(call).rejects.toBeInstanceOf(QueueDoesNotExist);
  });
});

describe('REST-XML (Route 53)', () => {
  const record = {
    Name: 'a.example.com.',
    Type: 'A',
    TTL: 60,
    ResourceRecords: [{ Value: '127.0.0.1' }],
  } satisfies ResourceRecordSet;
  cloud.register(
    fakeService({ id: 'route53', iamPrefix: 'route53', controlPlaneRegion: 'us-east-1' }, seen, {
      ChangeResourceRecordSets: ({ HostedZoneId }) =>
        HostedZoneId === 'BAD'
          ? new ServiceError('InvalidChangeBatch', 'refused', { members: { messages: ['a', 'b'] } })
          : { ChangeInfo: { Id: '/change/C1', Status: 'PENDING', SubmittedAt: at } },
      ListResourceRecordSets: { ResourceRecordSets: [record], IsTruncated: false, MaxItems: 100 },
      DeleteHealthCheck: {},
    }),
  );
  const change = (HostedZoneId: string) =>
    new ChangeResourceRecordSetsCommand({
      HostedZoneId,
      ChangeBatch: { Changes: [{ Action: 'UPSERT', ResourceRecordSet: record }] },
    });

  test('finds operations by path and reads labels, query and body', async () => {
    const route53 = new Route53Client(options());
    const answer = await route53.send(change('Z1'));
    expect(answer.ChangeInfo).toEqual({ Id: '/change/C1', Status: 'PENDING', SubmittedAt: at });
    expect(input()).toEqual({
      HostedZoneId: 'Z1',
      ChangeBatch: { Changes: [{ Action: 'UPSERT', ResourceRecordSet: record }] },
    });
    const list = await route53.send(
      new ListResourceRecordSetsCommand({ HostedZoneId: 'Z1', StartRecordName: 'b.', MaxItems: 5 }),
    );
    expect(input()).toEqual({ HostedZoneId: 'Z1', StartRecordName: 'b.', MaxItems: 5 });
    expect(list.ResourceRecordSets).toEqual([record]);
    await route53.send(new DeleteHealthCheckCommand({ HealthCheckId: 'h' }));
    expect(seen.at(-1)).toEqual({
      operation: 'DeleteHealthCheck',
      region: 'us-east-1',
      input: { HealthCheckId: 'h' },
    });
  });

  test('answers with typed exceptions and their members', async () => {
    const call = new Route53Client(options()).send(change('BAD'));
    await expect(call).rejects.toBeInstanceOf(InvalidChangeBatch);
    await expect(call).rejects.toMatchObject({ message: 'refused', messages: ['a', 'b'] });
  });
});

describe('REST-XML with S3 addresses', () => {
  cloud.register(
    fakeService({ id: 's3', iamPrefix: 's3' }, seen, {
      GetObject: ({ Key }) =>
        Key === 'none'
          ? new ServiceError('NoSuchKey', 'The specified key does not exist.', { httpStatus: 404 })
          : {
              Body: Buffer.from('<LATCHED/> epoch=1'),
              ETag: '"e"',
              ContentLength: 18,
              Metadata: { a: 'b' },
            },
      PutObject: ({ IfNoneMatch }) =>
        IfNoneMatch === '*'
          ? new ServiceError('PreconditionFailed', 'no', { httpStatus: 412 })
          : { ETag: '"new"' },
      HeadObject: { ContentLength: 7, ETag: '"h"' },
      ListObjectsV2: { Contents: [{ Key: 'a', Size: 1 }], KeyCount: 1, IsTruncated: false },
      ListBuckets: { Buckets: [{ Name: 'one' }] },
    }),
  );
  const signed = {
    authorization:
      'AWS4-HMAC-SHA256 Credential=test/20260901/eu-west-1/s3/aws4_request, Signature=0',
  };

  test('reads and writes objects', async () => {
    const s3 = new S3Client(options());
    const Bucket = 'latch';
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'shop/eu west' }));
    expect(input()).toMatchObject({ Bucket, Key: 'shop/eu west' });
    expect(await got.Body?.transformToString()).toBe('<LATCHED/> epoch=1');
    expect(got).toMatchObject({ ETag: '"e"', Metadata: { a: 'b' } });
    const wanted = { Bucket, Key: 'k', IfMatch: '"e"', Metadata: { x: 'y' } };
    const put = await s3.send(new PutObjectCommand({ ...wanted, Body: 'content' }));
    expect(put.ETag).toBe('"new"');
    expect(input()).toMatchObject(wanted);
    expect(Buffer.from(input()['Body'] as Uint8Array).toString()).toBe('content');
  });

  test('takes the bucket from a virtual host', async () => {
    const status = await new Promise((resolve) => {
      const { port } = new URL(endpoint);
      const headers = { ...signed, host: `latch.localhost:${port}` };
      request({ port, host: '127.0.0.1', path: '/shop/eu', headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).end();
    });
    expect(status).toBe(200);
    expect(input()).toEqual({ Bucket: 'latch', Key: 'shop/eu' });
  });

  test('decodes bodies in signed chunks', async () => {
    const body =
      '6;chunk-signature=0a\r\nchunk \r\n3;chunk-signature=0b\r\none\r\n' +
      '0;chunk-signature=0c\r\nx-amz-checksum-crc32:AAAA\r\n\r\n';
    const headers = { ...signed, 'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD' };
    await fetch(`${endpoint}/b/k`, { method: 'PUT', headers, body });
    expect(Buffer.from(input()['Body'] as Uint8Array).toString()).toBe('chunk one');
  });

  test('heads, lists, and tells buckets from objects', async () => {
    const s3 = new S3Client(options());
    expect(await s3.send(new HeadObjectCommand({ Bucket: 'b', Key: 'k' }))).toMatchObject({
      ContentLength: 7,
      ETag: '"h"',
    });
    const list = await s3.send(new ListObjectsV2Command({ Bucket: 'b', Prefix: 'p/' }));
    expect(list.Contents).toEqual([{ Key: 'a', Size: 1 }]);
    expect(input()).toEqual({ Bucket: 'b', Prefix: 'p/' });
    expect((await s3.send(new ListBucketsCommand({}))).Buckets).toEqual([{ Name: 'one' }]);
  });

  test('answers errors as S3 does', async () => {
    const s3 = new S3Client(options());
    const get = s3.send(new GetObjectCommand({ Bucket: 'b', Key: 'none' }));
    await expect(get).rejects.toBeInstanceOf(NoSuchKey);
    const put = s3.send(
      new PutObjectCommand({ Bucket: 'b', Key: 'k', Body: 'x', IfNoneMatch: '*' }),
    );
    await expect(put).rejects.toMatchObject({
      name: 'PreconditionFailed',
      $metadata: { httpStatusCode: 412 },
    });
  });
});

describe('REST-JSON (Lambda, Scheduler)', () => {
  cloud.register(
    fakeService({ id: 'lambda', iamPrefix: 'lambda' }, seen, {
      Invoke: { StatusCode: 200, Payload: Buffer.from('{"ok":true}'), ExecutedVersion: '$LATEST' },
    }),
  );
  cloud.register(
    fakeService({ id: 'scheduler', iamPrefix: 'scheduler' }, seen, {
      CreateSchedule: { ScheduleArn: 'arn' },
      GetSchedule: new ServiceError('ResourceNotFoundException', 'no schedule', {
        httpStatus: 404,
      }),
    }),
  );

  test('carries payloads, headers and status', async () => {
    const answer = await new LambdaClient(options()).send(
      new InvokeCommand({
        FunctionName: 'promote',
        InvocationType: 'RequestResponse',
        Payload: '{"a":1}',
      }),
    );
    expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' });
    expect(answer.Payload?.transformToString()).toBe('{"ok":true}');
    expect(input()).toMatchObject({ FunctionName: 'promote', InvocationType: 'RequestResponse' });
    expect(Buffer.from(input()['Payload'] as Uint8Array).toString()).toBe('{"a":1}');
  });

  test('carries bodies and typed exceptions', async () => {
    const scheduler = new SchedulerClient(options());
    const schedule = {
      Name: 's',
      ScheduleExpression: 'rate(1 minute)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      StartDate: at,
      Target: { Arn: 'a', RoleArn: 'r' },
    } as const;
    expect(await scheduler.send(new CreateScheduleCommand(schedule))).toMatchObject({
      ScheduleArn: 'arn',
    });
    expect(input()).toMatchObject(schedule);
    await expect(scheduler.send(new GetScheduleCommand({ Name: 'x' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'no schedule',
    });
  });
});

describe('the gateway', () => {
  const ask = (path: string, init?: RequestInit) => fetch(`${endpoint}${path}`, init);

  test('cuts the connection to a region that is down', async () => {
    const fault = cloud.faults.add({ kind: 'region-down', region: 'eu-west-1' });
    const call = new ECSClient(options()).send(new DescribeServicesCommand({ services: ['a'] }));
    await expect(call).rejects.toThrow('socket hang up');
    cloud.faults.clear(fault.id);
  });

  test('enforces the policy behind a minted key', async () => {
    const roleArn = 'arn:aws:iam::123456789012:role/scaler';
    const credentials = cloud.credentialsFor({ roleArn, region: 'eu-west-1' });
    const ecs = new ECSClient({ ...options(), credentials });
    const describeServices = () => ecs.send(new DescribeServicesCommand({ services: ['a'] }));
    await expect(describeServices()).rejects.toMatchObject({ name: 'AccessDeniedException' });
    cloud.iam.putRolePolicy(roleArn, 'p', [
      { Effect: 'Allow', Action: 'ecs:Describe*', Resource: '*' },
    ]);
    await expect(describeServices()).resolves.toMatchObject({ failures: [] });
  });

  test('refuses hosts that are not this machine', async () => {
    const status = await new Promise((resolve) => {
      const { port } = new URL(endpoint);
      request({ port, host: '127.0.0.1', headers: { host: 'evil.example.com' } }, (response) => {
        resolve(response.statusCode);
      }).end();
    });
    expect(status).toBe(421);
  });

  test('answers its admin routes', async () => {
    const headers = { 'content-type': 'application/json' };
    expect(await (await ask('/_farshore/status')).json()).toEqual({ ready: true });
    const post = (path: string, body: object) =>
      ask(path, { method: 'POST', headers, body: JSON.stringify(body) });
    const added = await post('/_farshore/faults', {
      kind: 'link-cut',
      region: 'eu-west-1',
      to: 'us-west-2',
    });
    const { id } = (await added.json()) as { id: string };
    expect(await (await ask('/_farshore/faults')).json()).toMatchObject({
      faults: [{ id, kind: 'link-cut' }],
    });
    await ask('/_farshore/faults', { method: 'DELETE', headers, body: JSON.stringify({ id }) });
    expect(cloud.faults.list()).toEqual([]);
    expect(await (await post('/_farshore/load', { app: 'shop' })).json()).toEqual({
      got: { app: 'shop' },
    });
    const calls = (await (await ask('/_farshore/calls?region=us-west-2')).json()) as {
      calls: object[];
    };
    expect(calls.calls.at(-1)).toMatchObject({ operation: 'DescribeServices', outcome: 'ok' });
  });

  test('rejects admin requests that a web page could send', async () => {
    const response = await ask('/_farshore/faults', {
      method: 'POST',
      body: '{"kind":"region-down"}',
    });
    expect(response.status).toBe(415);
  });

  test('rejects unknown faults and regions with what to write instead', async () => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ kind: 'region-down', region: 'mars-1' });
    const response = await ask('/_farshore/faults', { method: 'POST', headers, body });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      error: 'There is no region mars-1; use one of us-east-1, eu-west-1, us-west-2.',
    });
  });

  test('has met no defect of its own', () => {
    expect(defects).toEqual([]);
  });
});
