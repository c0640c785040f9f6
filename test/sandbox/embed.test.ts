import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  DescribeServicesCommand,
  ECSClient,
  ServiceNotFoundException,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetHealthCheckCommand, Route53Client } from '@aws-sdk/client-route-53';
import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Cloud } from '../../sandbox/cloud.ts';
import { embed } from '../../sandbox/embed.ts';
import { ServiceError } from '../../sandbox/service-model.ts';
import { emptyCloud, fakeService } from './fake-services.ts';
import type { Seen } from './fake-services.ts';

const region = 'eu-west-1';
let seen: Seen;
let cloud: Cloud;

beforeEach(() => {
  seen = [];
  cloud = emptyCloud();
});

function embedded<
  Client extends { middlewareStack: { use(door: ReturnType<typeof embed>): void } },
>(client: Client, roleArn?: string): Client {
  const principal = { region, ...(roleArn !== undefined && { roleArn }) };
  client.middlewareStack.use(embed(cloud, { principal, region }));
  return client;
}

describe('embed', () => {
  test('answers commands without credentials or a socket', async () => {
    const services = [{ serviceName: 'web', createdAt: new Date(0) }];
    cloud.register(
      fakeService({ id: 'ecs', iamPrefix: 'ecs' }, seen, { DescribeServices: { services } }),
    );
    const answer = await embedded(new ECSClient({ region })).send(
      new DescribeServicesCommand({ services: ['web'] }),
    );
    expect(answer).toMatchObject({ services, $metadata: { httpStatusCode: 200 } });
    expect(seen).toEqual([{ operation: 'DescribeServices', region, input: { services: ['web'] } }]);
  });

  test('throws the exceptions of the client', async () => {
    cloud.register(
      fakeService({ id: 'ecs', iamPrefix: 'ecs' }, seen, {
        UpdateService: ({ service }) =>
          service === 'none'
            ? new ServiceError('ServiceNotFoundException', 'Service not found.')
            : new ServiceError('ThrottlingException', 'Rate exceeded'),
      }),
    );
    const ecs = embedded(new ECSClient({ region }));
    const none = ecs.send(new UpdateServiceCommand({ service: 'none' }));
    await expect(none).rejects.toBeInstanceOf(ServiceNotFoundException);
    await expect(none).rejects.toMatchObject({
      name: 'ServiceNotFoundException',
      message: 'Service not found.',
    });
    await expect(ecs.send(new UpdateServiceCommand({ service: 'web' }))).rejects.toMatchObject({
      name: 'ThrottlingException',
      $fault: 'client',
    });
  });

  test('shares no state between a caller and a model', async () => {
    const kept = { services: [{ serviceName: 'web' }] };
    cloud.register(fakeService({ id: 'ecs', iamPrefix: 'ecs' }, seen, { DescribeServices: kept }));
    const ecs = embedded(new ECSClient({ region }));
    const input = { services: ['web'] };
    const answer = await ecs.send(new DescribeServicesCommand(input));
    input.services.push('other');
    answer.services?.push({});
    expect(seen[0]?.input).toEqual({ services: ['web'] });
    expect(kept.services).toHaveLength(1);
  });

  test('hands over contents and payloads as the client would', async () => {
    cloud.register(
      fakeService({ id: 's3', iamPrefix: 's3' }, seen, {
        GetObject: ({ Key }) =>
          Key === 'none'
            ? new ServiceError('NoSuchKey', 'none', { httpStatus: 404 })
            : { Body: Buffer.from('LATCHED'), ETag: '"e"' },
        PutObject: { ETag: '"n"' },
      }),
    );
    cloud.register(
      fakeService({ id: 'lambda', iamPrefix: 'lambda' }, seen, {
        Invoke: { StatusCode: 200, Payload: Buffer.from('{}') },
      }),
    );
    const s3 = embedded(new S3Client({ region }));
    const got = await s3.send(new GetObjectCommand({ Bucket: 'b', Key: 'k' }));
    expect(await got.Body?.transformToString()).toBe('LATCHED');
    await s3.send(new PutObjectCommand({ Bucket: 'b', Key: 'k', Body: 'OPEN' }));
    expect(Buffer.from(seen.at(-1)?.input['Body'] as Uint8Array).toString()).toBe('OPEN');
    const none = s3.send(new GetObjectCommand({ Bucket: 'b', Key: 'none' }));
    await expect(none).rejects.toBeInstanceOf(NoSuchKey);
    const lambda = embedded(new LambdaClient({ region }));
    const invoked = await lambda.send(new InvokeCommand({ FunctionName: 'f', Payload: '{}' }));
    expect(invoked.Payload?.transformToString()).toBe('{}');
  });

  test('goes to the control plane of a global service', async () => {
    cloud.register(
      fakeService({ id: 'route53', iamPrefix: 'route53', controlPlaneRegion: 'us-east-1' }, seen, {
        GetHealthCheck: {},
      }),
    );
    const route53 = embedded(new Route53Client({ region }));
    await route53.send(new GetHealthCheckCommand({ HealthCheckId: 'h' }));
    expect(seen[0]?.region).toBe('us-east-1');
    cloud.faults.add({ kind: 'region-down', region: 'us-east-1' });
    await expect(
      route53.send(new GetHealthCheckCommand({ HealthCheckId: 'h' })),
    ).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  test('refuses a role without permission with the sentence of AWS', async () => {
    cloud.register(fakeService({ id: 'ecs', iamPrefix: 'ecs' }, seen, { UpdateService: {} }));
    const ecs = embedded(new ECSClient({ region }), 'arn:aws:iam::123456789012:role/scaler');
    await expect(ecs.send(new UpdateServiceCommand({ service: 'web' }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message:
        'User: arn:aws:sts::123456789012:assumed-role/scaler/local is not authorized to perform: ' +
        'ecs:UpdateService on resource: * because no identity-based policy allows the ' +
        'ecs:UpdateService action',
    });
  });
});
