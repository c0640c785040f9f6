import { beforeEach, describe, expect, test } from '@jest/globals';
import type {
  ChangeResourceRecordSetsCommandOutput,
  CreateHealthCheckCommandOutput,
  ListResourceRecordSetsCommandOutput,
} from '@aws-sdk/client-route-53';
import type { Principal } from '../../../../sandbox/service-model.ts';
import { Route53Model } from '../../../../sandbox/services/route53/route53-model.ts';
import { VirtualDriver } from '../../../../sandbox/virtual-driver.ts';
import { ACCOUNT_ID, caller, recordingHub, worldFrom } from '../../recording-hub.ts';

const ALB = 'alb-use1.us-east-1.elb.amazonaws.com';

interface Answer {
  readonly status: number;
  readonly body: string;
}

function setUp() {
  const world = worldFrom();
  /** What an endpoint answers, by host and checker's region; undefined: it cannot be reached. */
  let answerOf: (host: string, from?: string) => Answer | undefined = () => ({
    status: 200,
    body: 'region-ok',
  });
  let probes = 0;
  const targets = new Map<string, boolean>([[ALB, true]]);
  const alarms = new Map<string, 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'>();
  const hub = {
    ...recordingHub(world),
    http: (from: Principal, url: string) => {
      probes += 1;
      const answer = answerOf(new URL(url).hostname, from.region);
      return answer === undefined
        ? Promise.reject(new Error('timed out'))
        : Promise.resolve(answer);
    },
    alarmState: (_region: string, name: string) => alarms.get(name),
    isTargetHealthy: (name: string) => targets.get(name),
    addressOf: (name: string) => (targets.has(name) ? '127.0.1.1' : undefined),
  };
  const model = new Route53Model(world, hub, { accountId: ACCOUNT_ID });
  model.seedHostedZone('Z1', 'shop.example');
  const { call } = caller(world, model.service);
  const driver = new VirtualDriver(world);
  const change = (...changes: readonly object[]) =>
    call<ChangeResourceRecordSetsCommandOutput>('ChangeResourceRecordSets', {
      HostedZoneId: '/hostedzone/Z1',
      ChangeBatch: { Changes: changes },
    });
  return {
    world,
    hub,
    model,
    call,
    driver,
    targets,
    alarms,
    change,
    probes: () => probes,
    endpoints: (decide: typeof answerOf) => (answerOf = decide),
    create: async (...sets: readonly object[]) => {
      await change(...sets.map((ResourceRecordSet) => ({ Action: 'CREATE', ResourceRecordSet })));
      await driver.runFor(5_000);
    },
    check: async (config: object, reference = JSON.stringify(config)) => {
      const output = await call<CreateHealthCheckCommandOutput>('CreateHealthCheck', {
        CallerReference: reference,
        HealthCheckConfig: config,
      });
      return output.HealthCheck?.Id ?? '';
    },
    values: (name: string, type: string) =>
      model.answer(name, type).records.map(({ value }) => value),
  };
}

let it: ReturnType<typeof setUp>;
beforeEach(() => {
  it = setUp();
});

const a = (Name: string, Value: string, more: object = {}) => ({
  Name,
  Type: 'A',
  TTL: 60,
  ResourceRecords: [{ Value }],
  ...more,
});
const txt = (epoch: number) => ({
  Name: '_failover.shop.example',
  Type: 'TXT',
  TTL: 60,
  ResourceRecords: [{ Value: `"epoch=${epoch}"` }],
});
const endpoint = {
  Type: 'HTTPS_STR_MATCH',
  FullyQualifiedDomainName: 'use1.shop.example',
  ResourcePath: '/healthz',
  SearchString: 'region-ok',
  RequestInterval: 10,
  FailureThreshold: 3,
};

describe('a change batch', () => {
  test('is pending, then in sync, and answered only from then on', async () => {
    const output = await it.change({
      Action: 'CREATE',
      ResourceRecordSet: a('www.shop.example', '10.0.0.1'),
    });
    const Id = output.ChangeInfo?.Id;
    expect(output.ChangeInfo?.Status).toBe('PENDING');
    expect(it.model.answer('www.shop.example', 'A').rcode).toBe('NXDOMAIN');
    await it.driver.runFor(5_000);
    expect(await it.call('GetChange', { Id })).toMatchObject({ ChangeInfo: { Status: 'INSYNC' } });
    expect(it.values('www.shop.example', 'A')).toEqual(['10.0.0.1']);
    await expect(it.call('GetChange', { Id: 'C0' })).rejects.toThrow('Could not find');
  });

  test('is a compare-and-swap with DELETE and CREATE', async () => {
    await it.create(txt(41));
    await it.change(
      { Action: 'DELETE', ResourceRecordSet: txt(41) },
      { Action: 'CREATE', ResourceRecordSet: txt(42) },
    );
    const late = it.change(
      { Action: 'UPSERT', ResourceRecordSet: a('shop.example', '10.0.0.9') },
      { Action: 'DELETE', ResourceRecordSet: txt(41) },
      { Action: 'CREATE', ResourceRecordSet: txt(42) },
    );
    await expect(late).rejects.toMatchObject({
      name: 'InvalidChangeBatch',
      members: {
        messages: [
          expect.stringContaining('values provided do not match'),
          expect.stringContaining('it already exists'),
        ],
      },
    });
    await it.driver.runFor(10_000);
    expect(it.values('_failover.shop.example', 'TXT')).toEqual(['"epoch=42"']);
    expect(it.values('shop.example', 'A')).toEqual([]);
  });

  test.each<readonly [string, object, string]>([
    [
      'CREATE of what exists',
      { Action: 'CREATE', ResourceRecordSet: a('www.shop.example', '10.0.0.1') },
      "[name='www.shop.example.', type='A'] but it already exists",
    ],
    [
      'DELETE of what does not exist',
      { Action: 'DELETE', ResourceRecordSet: a('x.shop.example', '10.0.0.1') },
      'but it was not found',
    ],
    [
      'DELETE with another TTL',
      { Action: 'DELETE', ResourceRecordSet: a('www.shop.example', '10.0.0.1', { TTL: 61 }) },
      'do not match the current values',
    ],
    [
      'a name outside',
      { Action: 'CREATE', ResourceRecordSet: a('www.other.example', '10.0.0.1') },
      'is not permitted in zone shop.example.',
    ],
    [
      'a CNAME at the apex',
      {
        Action: 'CREATE',
        ResourceRecordSet: {
          Name: 'shop.example',
          Type: 'CNAME',
          TTL: 60,
          ResourceRecords: [{ Value: 'x.example' }],
        },
      },
      'not permitted at apex',
    ],
    [
      'a CNAME beside others',
      {
        Action: 'CREATE',
        ResourceRecordSet: {
          Name: 'www.shop.example',
          Type: 'CNAME',
          TTL: 60,
          ResourceRecords: [{ Value: 'x.example' }],
        },
      },
      'conflicting RRSet',
    ],
    [
      'another routing policy',
      {
        Action: 'CREATE',
        ResourceRecordSet: a('www.shop.example', '10.0.0.2', { SetIdentifier: 'w', Weight: 1 }),
      },
      'another routing policy',
    ],
    [
      'TXT without quotes',
      {
        Action: 'CREATE',
        ResourceRecordSet: {
          Name: 't.shop.example',
          Type: 'TXT',
          TTL: 60,
          ResourceRecords: [{ Value: 'x' }],
        },
      },
      'quotation marks',
    ],
    [
      'no values',
      { Action: 'CREATE', ResourceRecordSet: { Name: 't.shop.example', Type: 'A', TTL: 60 } },
      'Expected exactly one of',
    ],
    [
      'geolocation',
      {
        Action: 'CREATE',
        ResourceRecordSet: a('g.shop.example', '10.0.0.1', {
          SetIdentifier: 'g',
          GeoLocation: { CountryCode: '*' },
        }),
      },
      'does not implement GeoLocation',
    ],
    [
      'a policy without identifier',
      { Action: 'CREATE', ResourceRecordSet: a('w.shop.example', '10.0.0.1', { Weight: 1 }) },
      "Missing field 'SetIdentifier'",
    ],
    [
      'an unknown check',
      {
        Action: 'CREATE',
        ResourceRecordSet: a('w.shop.example', '10.0.0.1', {
          SetIdentifier: 'w',
          Weight: 1,
          HealthCheckId: 'none',
        }),
      },
      'No health check exists',
    ],
    [
      'an alias to nothing',
      {
        Action: 'CREATE',
        ResourceRecordSet: {
          Name: 'l.shop.example',
          Type: 'A',
          AliasTarget: {
            HostedZoneId: 'Z1',
            DNSName: 'none.shop.example',
            EvaluateTargetHealth: false,
          },
        },
      },
      'that target was not found',
    ],
  ])('is rejected with %s', async (_title, one, text) => {
    await it.create(a('www.shop.example', '10.0.0.1'));
    await expect(it.change(one)).rejects.toThrow(text);
  });

  test('counts an UPSERT twice', async () => {
    const changes = (Action: string) =>
      Array.from({ length: 501 }, (_, at) => ({
        Action,
        ResourceRecordSet: a(`n${at}.shop.example`, '10.0.0.1'),
      }));
    await expect(it.change(...changes('UPSERT'))).rejects.toThrow('limit of 1000 exceeded');
    await it.change(...changes('CREATE'));
  });

  test('is seen in pages, in the order of labels from the right', async () => {
    await it.create(
      a('b.shop.example', '10.0.0.1'),
      a('a.b.shop.example', '10.0.0.1'),
      a('c.shop.example', '10.0.0.1'),
    );
    const first = await it.call<ListResourceRecordSetsCommandOutput>('ListResourceRecordSets', {
      HostedZoneId: 'Z1',
      MaxItems: 3,
    });
    const { NextRecordName: StartRecordName, NextRecordType: StartRecordType } = first;
    const second = await it.call<ListResourceRecordSetsCommandOutput>('ListResourceRecordSets', {
      HostedZoneId: 'Z1',
      StartRecordName,
      StartRecordType,
    });
    const names = [...(first.ResourceRecordSets ?? []), ...(second.ResourceRecordSets ?? [])];
    expect(names.map(({ Name, Type }) => `${Type ?? ''} ${Name ?? ''}`)).toEqual([
      'NS shop.example.',
      'SOA shop.example.',
      'A b.shop.example.',
      'A a.b.shop.example.',
      'A c.shop.example.',
    ]);
    expect([first.IsTruncated, second.IsTruncated]).toEqual([true, false]);
  });
});

describe('an answer', () => {
  const alias = (SetIdentifier: string, more: object) => ({
    Name: 'shop.example',
    Type: 'A',
    SetIdentifier,
    AliasTarget: {
      HostedZoneId: 'Z35SXDOTRQ7X7K',
      DNSName: `dualstack.${ALB}`,
      EvaluateTargetHealth: true,
    },
    ...more,
  });

  test('tells names that do not exist, types that do not, and names that are not ours', async () => {
    await it.create(a('a.b.shop.example', '10.0.0.1'));
    expect(it.model.answer('x.shop.example', 'A')).toMatchObject({
      rcode: 'NXDOMAIN',
      authority: [{ type: 'SOA' }],
    });
    expect(it.model.answer('a.b.shop.example', 'TXT')).toMatchObject({
      rcode: 'NOERROR',
      records: [],
      authority: [{ type: 'SOA' }],
    });
    expect(it.model.answer('b.shop.example', 'A')).toMatchObject({ rcode: 'NOERROR', records: [] });
    expect(it.model.answer('other.example', 'A')).toMatchObject({ rcode: 'REFUSED', records: [] });
  });

  test('follows aliases, CNAMEs and wildcards inside of the zones', async () => {
    await it.create(
      a('www.shop.example', '10.0.0.1'),
      {
        Name: 'alias.shop.example',
        Type: 'A',
        AliasTarget: {
          HostedZoneId: 'Z1',
          DNSName: 'www.shop.example',
          EvaluateTargetHealth: false,
        },
      },
      {
        Name: 'c.shop.example',
        Type: 'CNAME',
        TTL: 30,
        ResourceRecords: [{ Value: 'WWW.shop.example' }],
      },
      a('*.w.shop.example', '10.0.0.2'),
    );
    expect(it.model.answer('ALIAS.shop.example.', 'A').records).toEqual([
      { name: 'alias.shop.example.', type: 'A', ttl: 60, value: '10.0.0.1' },
    ]);
    expect(it.values('c.shop.example', 'A')).toEqual(['WWW.shop.example', '10.0.0.1']);
    expect(it.values('any.w.shop.example', 'A')).toEqual(['10.0.0.2']);
  });

  test('gives the address of a load balancer with 60 s', async () => {
    await it.create({
      Name: 'shop.example',
      Type: 'A',
      AliasTarget: { HostedZoneId: 'Z3', DNSName: ALB, EvaluateTargetHealth: true },
    });
    expect(it.model.answer('shop.example', 'A').records).toEqual([
      { name: 'shop.example.', type: 'A', ttl: 60, value: '127.0.1.1' },
    ]);
  });

  test('leaves a primary whose targets are unhealthy, unless the secondary is down too', async () => {
    await it.create(
      alias('p', { Failover: 'PRIMARY' }),
      a('shop.example', '10.0.0.2', { SetIdentifier: 's', Failover: 'SECONDARY' }),
    );
    expect(it.values('shop.example', 'A')).toEqual(['127.0.1.1']);
    it.targets.set(ALB, false);
    await it.driver.runFor(20_000);
    expect(it.values('shop.example', 'A')).toEqual(['127.0.1.1']);
    await it.driver.runFor(10_000);
    expect(it.values('shop.example', 'A')).toEqual(['10.0.0.2']);
    it.targets.set(ALB, true);
    await it.driver.runFor(30_000);
    expect(it.values('shop.example', 'A')).toEqual(['127.0.1.1']);
  });

  test('needs both the check and the target of an alias', async () => {
    const HealthCheckId = await it.check({
      Type: 'CALCULATED',
      HealthThreshold: 1,
      ChildHealthChecks: [],
    });
    await it.create(
      alias('p', { Failover: 'PRIMARY', HealthCheckId }),
      a('shop.example', '10.0.0.2', { SetIdentifier: 's', Failover: 'SECONDARY' }),
    );
    expect(it.values('shop.example', 'A')).toEqual(['10.0.0.2']);
  });

  test('judges an alias to a group of the zone by the health of its members', async () => {
    const HealthCheckId = await it.check({
      Type: 'CALCULATED',
      HealthThreshold: 1,
      ChildHealthChecks: [],
    });
    await it.create(
      a('east.shop.example', '10.0.0.1', { SetIdentifier: '1', Weight: 1, HealthCheckId }),
      {
        ...alias('p', { Failover: 'PRIMARY' }),
        AliasTarget: {
          HostedZoneId: 'Z1',
          DNSName: 'east.shop.example',
          EvaluateTargetHealth: true,
        },
      },
      a('shop.example', '10.0.0.2', { SetIdentifier: 's', Failover: 'SECONDARY' }),
    );
    expect(it.values('shop.example', 'A')).toEqual(['10.0.0.2']);
  });

  test('is told by TestDNSAnswer', async () => {
    await it.create(a('www.shop.example', '10.0.0.1'));
    const input = { HostedZoneId: 'Z1', RecordName: 'www.shop.example', RecordType: 'A' };
    expect(await it.call('TestDNSAnswer', input)).toMatchObject({
      RecordData: ['10.0.0.1'],
      ResponseCode: 'NOERROR',
    });
  });
});

describe('a health check of an endpoint', () => {
  const down = () => {
    it.endpoints(() => undefined);
  };
  const up = () => {
    it.endpoints(() => ({ status: 200, body: 'region-ok' }));
  };

  test('is healthy until it has failed as often as its threshold, and back the same way', async () => {
    const id = await it.check(endpoint);
    down();
    expect(it.model.isHealthy(id)).toBe(true);
    await it.driver.runFor(20_000);
    expect(it.model.isHealthy(id)).toBe(true);
    await it.driver.runFor(10_000);
    expect(it.model.isHealthy(id)).toBe(false);
    up();
    await it.driver.runFor(20_000);
    expect(it.model.isHealthy(id)).toBe(false);
    await it.driver.runFor(10_000);
    expect(it.model.isHealthy(id)).toBe(true);
  });

  test('does not move for a blip', async () => {
    const id = await it.check(endpoint);
    for (let round = 0; round < 10; round += 1) {
      down();
      await it.driver.runFor(20_000);
      up();
      await it.driver.runFor(10_000);
      expect(it.model.isHealthy(id)).toBe(true);
    }
  });

  test('looks once per interval from each of three places', async () => {
    await it.check(endpoint);
    await it.driver.runFor(60_000);
    expect(it.probes()).toBe(18);
  });

  test('stays healthy while more than 18 % of the checkers reach it', async () => {
    const id = await it.check(endpoint);
    const reached = new Set(it.model.checkers.vantagePoints({}).slice(0, 1));
    it.endpoints((_host, from) =>
      reached.has(from ?? '') ? { status: 200, body: 'region-ok' } : undefined,
    );
    await it.driver.runFor(120_000);
    expect(it.model.isHealthy(id)).toBe(true);
    reached.clear();
    await it.driver.runFor(40_000);
    expect(it.model.isHealthy(id)).toBe(false);
  });

  test('does not count the votes of regions that are down', async () => {
    const id = await it.check(endpoint);
    const [first = '', ...others] = it.model.checkers.vantagePoints({});
    await it.driver.runFor(30_000);
    others.forEach((region) => it.hub.down.add(region));
    it.endpoints((_host, from) => (from === first ? { status: 500, body: '' } : undefined));
    await it.driver.runFor(40_000);
    expect(it.model.isHealthy(id)).toBe(false);
    it.hub.down.add(first);
    await it.driver.runFor(600_000);
    expect(it.model.isHealthy(id)).toBe(false);
  });

  test('works while us-east-1 is down', async () => {
    const id = await it.check(endpoint);
    await it.create(
      a('shop.example', '10.0.0.1', { SetIdentifier: 'p', Failover: 'PRIMARY', HealthCheckId: id }),
      a('shop.example', '10.0.0.2', { SetIdentifier: 's', Failover: 'SECONDARY' }),
    );
    it.hub.down.add('us-east-1');
    down();
    await it.driver.runFor(40_000);
    expect(it.values('shop.example', 'A')).toEqual(['10.0.0.2']);
  });

  test.each<readonly [string, object, { status: number; body: string }, boolean]>([
    ['a redirect', { Type: 'HTTP', SearchString: undefined }, { status: 301, body: '' }, true],
    ['an error', { Type: 'HTTP', SearchString: undefined }, { status: 503, body: '' }, false],
    ['the string', {}, { status: 200, body: 'x region-ok' }, true],
    ['another case', {}, { status: 200, body: 'REGION-OK' }, false],
    ['the string too late', {}, { status: 200, body: `${'x'.repeat(5_112)}region-ok` }, false],
    ['the string with an error', {}, { status: 500, body: 'region-ok' }, false],
    [
      'any answer of TCP',
      { Type: 'TCP', Port: 443, SearchString: undefined },
      { status: 503, body: '' },
      true,
    ],
  ])('judges %s', async (_title, change, answer, isHealthy) => {
    it.endpoints(() => answer);
    const id = await it.check({ ...endpoint, ...change });
    await it.driver.runFor(40_000);
    expect(it.model.isHealthy(id)).toBe(isHealthy);
  });

  test('starts unhealthy when it is inverted, and holds nothing down without a latch', async () => {
    it.endpoints(() => ({ status: 404, body: '' }));
    const latch = await it.check({ ...endpoint, SearchString: 'LATCHED', Inverted: true });
    expect(it.model.isHealthy(latch)).toBe(false);
    await it.driver.runFor(40_000);
    expect(it.model.isHealthy(latch)).toBe(true);
    it.endpoints(() => ({ status: 200, body: 'LATCHED epoch=2' }));
    await it.driver.runFor(40_000);
    expect(it.model.isHealthy(latch)).toBe(false);
  });

  test('is healthy while it is disabled, and unhealthy when also inverted', async () => {
    down();
    const id = await it.check(endpoint);
    await it.driver.runFor(40_000);
    await it.call('UpdateHealthCheck', { HealthCheckId: id, Disabled: true });
    expect(it.model.isHealthy(id)).toBe(true);
    await it.call('UpdateHealthCheck', { HealthCheckId: id, Inverted: true });
    expect(it.model.isHealthy(id)).toBe(false);
  });

  test('publishes its status each minute into us-east-1', async () => {
    const id = await it.check(endpoint);
    await it.driver.runFor(60_000);
    down();
    await it.driver.runFor(60_000);
    const status = it.hub.metrics.filter(({ name }) => name === 'HealthCheckStatus');
    expect(status).toEqual(
      [1, 0].map((value) => ({
        region: 'us-east-1',
        namespace: 'AWS/Route53',
        name: 'HealthCheckStatus',
        dimensions: { HealthCheckId: id },
        value,
      })),
    );
    expect(it.hub.metrics.some(({ name }) => name === 'HealthCheckPercentageHealthy')).toBe(true);
  });

  test('tells what each checker saw', async () => {
    const HealthCheckId = await it.check(endpoint);
    await it.driver.runFor(10_000);
    const output = await it.call<{ HealthCheckObservations: unknown[] }>('GetHealthCheckStatus', {
      HealthCheckId,
    });
    expect(output.HealthCheckObservations).toHaveLength(3);
    expect(output.HealthCheckObservations[0]).toMatchObject({
      StatusReport: { Status: 'Success: HTTP Status Code 200, OK' },
    });
  });
});

describe('other health checks', () => {
  test('count their children', async () => {
    const children = await Promise.all([
      it.check(endpoint, '1'),
      it.check({ ...endpoint, FullyQualifiedDomainName: 'b.example' }, '2'),
    ]);
    const gate = (HealthThreshold: number) =>
      it.check({ Type: 'CALCULATED', HealthThreshold, ChildHealthChecks: children });
    const [none, one, both, more] = [await gate(0), await gate(1), await gate(2), await gate(3)];
    it.endpoints((host) => (host === 'b.example' ? undefined : { status: 200, body: 'region-ok' }));
    await it.driver.runFor(40_000);
    expect([none, one, both, more].map((id) => it.model.isHealthy(id))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  test.each<readonly [string, 'OK' | 'ALARM' | 'INSUFFICIENT_DATA', string, boolean]>([
    ['OK', 'OK', 'Unhealthy', true],
    ['ALARM', 'ALARM', 'Healthy', false],
    ['no data as unhealthy', 'INSUFFICIENT_DATA', 'Unhealthy', false],
    ['no data as healthy', 'INSUFFICIENT_DATA', 'Healthy', true],
    ['no data as before', 'INSUFFICIENT_DATA', 'LastKnownStatus', true],
  ])('follow an alarm: %s', async (_title, state, InsufficientDataHealthStatus, isHealthy) => {
    it.alarms.set('held-down', state);
    const AlarmIdentifier = { Region: 'eu-west-1', Name: 'held-down' };
    const id = await it.check({
      Type: 'CLOUDWATCH_METRIC',
      AlarmIdentifier,
      InsufficientDataHealthStatus,
    });
    expect(it.model.isHealthy(id)).toBe(isHealthy);
  });

  test('remember the last state of an alarm whose region is down', async () => {
    it.alarms.set('held-down', 'ALARM');
    const AlarmIdentifier = { Region: 'eu-west-1', Name: 'held-down' };
    const id = await it.check({
      Type: 'CLOUDWATCH_METRIC',
      AlarmIdentifier,
      InsufficientDataHealthStatus: 'LastKnownStatus',
    });
    await it.driver.runFor(60_000);
    it.hub.down.add('eu-west-1');
    it.alarms.set('held-down', 'OK');
    expect(it.model.isHealthy(id)).toBe(false);
  });

  test.each<readonly [string, object, string]>([
    ['routing controls', { Type: 'RECOVERY_CONTROL' }, 'RECOVERY_CONTROL'],
    ['another interval', { ...endpoint, RequestInterval: 20 }, 'RequestInterval'],
    ['a match without a string', { ...endpoint, SearchString: undefined }, 'SearchString'],
    ['two regions', { ...endpoint, Regions: ['us-east-1', 'eu-west-1'] }, 'at least 3'],
  ])('are rejected with %s', async (_title, config, text) => {
    await expect(it.check(config)).rejects.toThrow(text);
  });

  test('are created once per reference, also after they are deleted', async () => {
    const id = await it.check(endpoint, 'ref');
    expect(await it.check(endpoint, 'ref')).toBe(id);
    await expect(it.check({ ...endpoint, FailureThreshold: 1 }, 'ref')).rejects.toThrow('already');
    await it.call('DeleteHealthCheck', { HealthCheckId: id });
    await expect(it.check(endpoint, 'ref')).rejects.toMatchObject({
      code: 'HealthCheckAlreadyExists',
      httpStatus: 409,
    });
  });

  test('are updated against their version and keep their tags', async () => {
    const HealthCheckId = await it.check(endpoint);
    await it.call('UpdateHealthCheck', {
      HealthCheckId,
      HealthCheckVersion: 1,
      FailureThreshold: 1,
    });
    await expect(
      it.call('UpdateHealthCheck', { HealthCheckId, HealthCheckVersion: 1 }),
    ).rejects.toMatchObject({
      code: 'HealthCheckVersionMismatch',
    });
    const resource = { ResourceType: 'healthcheck', ResourceId: HealthCheckId };
    await it.call('ChangeTagsForResource', {
      ...resource,
      AddTags: [{ Key: 'Name', Value: 'east' }],
    });
    expect(await it.call('ListTagsForResource', resource)).toMatchObject({
      ResourceTagSet: { Tags: [{ Key: 'Name', Value: 'east' }] },
    });
    expect(await it.call('ListHealthChecks', {})).toMatchObject({
      HealthChecks: [
        { Id: HealthCheckId, HealthCheckVersion: 2, HealthCheckConfig: { FailureThreshold: 1 } },
      ],
    });
  });
});

test('zones are created once and found by name', async () => {
  await it.call('CreateHostedZone', { Name: 'a.example', CallerReference: '1' });
  await expect(
    it.call('CreateHostedZone', { Name: 'a.example', CallerReference: '1' }),
  ).rejects.toThrow('already');
  expect(
    await it.call('ListHostedZonesByName', { DNSName: 'shop.example', MaxItems: 1 }),
  ).toMatchObject({
    HostedZones: [{ Id: '/hostedzone/Z1', Name: 'shop.example.', ResourceRecordSetCount: 2 }],
  });
  expect(await it.call('ListHostedZones', {})).toMatchObject({ IsTruncated: false });
  await expect(it.call('GetHostedZone', { Id: 'Z9' })).rejects.toThrow('No hosted zone');
});
