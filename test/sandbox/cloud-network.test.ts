import { beforeEach, describe, expect, test } from '@jest/globals';
import { buildCloud } from '../../sandbox/build-cloud.ts';
import type { BuiltCloud } from '../../sandbox/build-cloud.ts';
import { VirtualDriver } from '../../sandbox/virtual-driver.ts';
import { World } from '../../sandbox/world.ts';
import { regions } from './fake-services.ts';

const account = '123456789012';
const balancer = 'shop-1.eu-west-1.elb.amazonaws.com';
let built: BuiltCloud;

beforeEach(async () => {
  const world = new World({ seed: 1, startMs: Date.UTC(2026, 8, 1) });
  built = buildCloud({ world, accountId: account, regions });
  const { elasticloadbalancingv2: balancers, route53, s3 } = built.models;
  const group = balancers.createTargetGroup('eu-west-1', 'web');
  group.register({ id: 'task', port: 80, answer: () => ({ task: 'task' }) });
  balancers.createLoadBalancer({
    name: 'shop',
    app: 'shop',
    region: 'eu-west-1',
    dnsName: balancer,
    zoneId: 'ZLB',
    hosts: ['shop.example.com'],
    targetGroups: [group],
  });
  balancers.setAddress('eu-west-1', '127.0.0.12');
  route53.seedHostedZone('Z1', 'example.com');
  s3.create('latches', 'us-west-2');
  const call = (service: string, operation: string, input: object, region: string) =>
    built.cloud.call({ service, operation, input, region, principal: {} });
  const ResourceRecordSet = {
    Name: 'shop.example.com',
    Type: 'CNAME',
    TTL: 60,
    ResourceRecords: [{ Value: balancer }],
  };
  const Changes = [
    { Action: 'UPSERT', ResourceRecordSet },
    {
      Action: 'UPSERT',
      ResourceRecordSet: {
        Name: 'lost.example.com',
        Type: 'A',
        TTL: 60,
        ResourceRecords: [{ Value: '10.0.0.1' }],
      },
    },
  ];
  await call(
    'route53',
    'ChangeResourceRecordSets',
    { HostedZoneId: 'Z1', ChangeBatch: { Changes } },
    'us-east-1',
  );
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: '*',
        Action: 's3:GetObject',
        Resource: 'arn:aws:s3:::latches/*',
      },
    ],
  });
  const open = {
    BlockPublicAcls: false,
    IgnorePublicAcls: false,
    BlockPublicPolicy: false,
    RestrictPublicBuckets: false,
  };
  await call(
    's3',
    'PutPublicAccessBlock',
    { Bucket: 'latches', PublicAccessBlockConfiguration: open },
    'us-west-2',
  );
  await call('s3', 'PutBucketPolicy', { Bucket: 'latches', Policy }, 'us-west-2');
  await call(
    's3',
    'PutObject',
    { Bucket: 'latches', Key: 'shop/eu', Body: Buffer.from('LATCHED') },
    'us-west-2',
  );
  await new VirtualDriver(world).runFor(60_000);
});

const get = (from: string | undefined, url: string) =>
  built.cloud.hub.http(from === undefined ? {} : { region: from }, url);

describe('Network', () => {
  test('leads a traffic record to the load balancer of its region', async () => {
    for (const host of [balancer, 'shop.example.com']) {
      const { status, body } = await get('us-east-1', `https://${host}/healthz`);
      expect([status, JSON.parse(body)]).toEqual([
        200,
        expect.objectContaining({ region: 'eu-west-1' }),
      ]);
    }
  });

  test.each([
    'https://latches.s3.us-west-2.amazonaws.com/shop/eu',
    'https://s3.us-west-2.amazonaws.com/latches/shop/eu',
  ])('reads an open object at %s', async (url) => {
    expect(await get('us-east-1', url)).toEqual({ status: 200, body: 'LATCHED' });
    built.cloud.faults.add({ kind: 'region-down', region: 'us-west-2' });
    await expect(get('us-east-1', url)).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  test('takes other names for control targets on the internet', async () => {
    expect(await get('us-east-1', 'https://checkip.amazonaws.com/')).toMatchObject({ status: 200 });
    built.cloud.faults.add({ kind: 'link-cut', region: 'us-east-1', to: 'internet' });
    await expect(get('us-east-1', 'https://checkip.amazonaws.com/')).rejects.toThrow(
      /does not answer/,
    );
    expect(await get('us-west-2', 'https://aws.amazon.com/')).toMatchObject({ status: 200 });
  });

  test('finds nothing behind a link that is cut or a record that leads nowhere', async () => {
    built.cloud.faults.add({ kind: 'link-cut', region: 'us-east-1', to: 'eu-west-1' });
    await expect(get('us-east-1', 'https://shop.example.com/')).rejects.toThrow(
      /does not answer us-east-1/,
    );
    expect(await get('us-west-2', 'https://shop.example.com/')).toMatchObject({ status: 200 });
    await expect(get('us-west-2', 'https://lost.example.com/')).rejects.toThrow(
      /10\.0\.0\.1, where nothing listens/,
    );
  });
});
