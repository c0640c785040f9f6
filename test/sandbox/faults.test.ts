import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Cloud } from '../../sandbox/cloud.ts';
import type { FaultSpec } from '../../sandbox/faults.ts';
import { parseFault } from '../../sandbox/parse-fault.ts';
import { VirtualDriver } from '../../sandbox/virtual-driver.ts';
import { emptyCloud, fakeService, regions } from './fake-services.ts';
import type { Seen } from './fake-services.ts';

let seen: Seen;
let cloud: Cloud;

beforeEach(() => {
  seen = [];
  cloud = emptyCloud();
  cloud.register(fakeService({ id: 'ecs', iamPrefix: 'ecs' }, seen, { A: {}, B: {} }));
  cloud.register(
    fakeService({ id: 'route53', iamPrefix: 'route53', controlPlaneRegion: 'us-east-1' }, seen, {
      A: {},
    }),
  );
});

/** `ok` or the error's name of a call from one place to a service in another. */
async function outcome(from: string | undefined, to: string, what = 'ecs:A'): Promise<string> {
  const [service = '', operation = ''] = what.split(':');
  const principal = from === undefined ? {} : { region: from };
  return cloud.call({ service, operation, input: {}, region: to, principal }).then(
    () => 'ok',
    (error: unknown) => (error as Error).name,
  );
}

type Row = readonly [FaultSpec, string | undefined, string, string, string];

describe('Faults', () => {
  const down: FaultSpec = { kind: 'region-down', region: 'eu-west-1' };
  const east: FaultSpec = { kind: 'region-down', region: 'us-east-1' };
  const control: FaultSpec = { kind: 'control-plane-down', region: 'us-east-1' };
  const cut: FaultSpec = { kind: 'link-cut', region: 'eu-west-1', to: 'us-west-2' };
  const oneWay: FaultSpec = { ...cut, oneWay: true };
  const offline: FaultSpec = { kind: 'link-cut', region: 'internet', to: 'eu-west-1' };
  const throttle: FaultSpec = {
    kind: 'api-throttle',
    region: 'eu-west-1',
    service: 'ecs',
    operation: 'A',
  };

  test.each<Row>([
    [down, undefined, 'eu-west-1', 'ecs:A', 'TimeoutError'],
    [down, 'us-west-2', 'eu-west-1', 'ecs:A', 'TimeoutError'],
    [down, 'eu-west-1', 'us-west-2', 'ecs:A', 'TimeoutError'],
    [down, 'us-west-2', 'us-east-1', 'ecs:A', 'ok'],
    [east, 'us-west-2', 'us-west-2', 'route53:A', 'TimeoutError'],
    [control, 'us-west-2', 'us-west-2', 'route53:A', 'ServiceUnavailable'],
    [control, 'us-west-2', 'us-east-1', 'ecs:A', 'ok'],
    [{ ...control, service: 'ecs' }, 'us-west-2', 'us-east-1', 'ecs:A', 'ServiceUnavailable'],
    [{ ...control, service: 'ecs' }, 'us-west-2', 'us-east-1', 'route53:A', 'ok'],
    [cut, 'eu-west-1', 'us-west-2', 'ecs:A', 'TimeoutError'],
    [cut, 'us-west-2', 'eu-west-1', 'ecs:A', 'TimeoutError'],
    [cut, 'us-east-1', 'eu-west-1', 'ecs:A', 'ok'],
    [oneWay, 'eu-west-1', 'us-west-2', 'ecs:A', 'TimeoutError'],
    [oneWay, 'us-west-2', 'eu-west-1', 'ecs:A', 'ok'],
    [offline, undefined, 'eu-west-1', 'ecs:A', 'TimeoutError'],
    [offline, 'us-west-2', 'eu-west-1', 'ecs:A', 'ok'],
    [throttle, undefined, 'eu-west-1', 'ecs:A', 'ThrottlingException'],
    [throttle, undefined, 'eu-west-1', 'ecs:B', 'ok'],
    [throttle, undefined, 'us-west-2', 'ecs:A', 'ok'],
    [{ ...throttle, rate: 0 }, undefined, 'eu-west-1', 'ecs:A', 'ok'],
    [
      { kind: 'api-throttle', region: 'us-east-1' },
      undefined,
      'us-east-1',
      'route53:A',
      'Throttling',
    ],
  ])('%j: a call from %s to %s %s ends with %s', async (...row) => {
    const [fault, from, to, what, expected] = row;
    cloud.faults.add(fault);
    expect(await outcome(from, to, what)).toBe(expected);
  });

  test('mends one fault or all', async () => {
    const first = cloud.faults.add(down);
    cloud.faults.add(throttle);
    expect(cloud.faults.clear(first.id)).toBe(1);
    expect(await outcome(undefined, 'eu-west-1')).toBe('ThrottlingException');
    expect(cloud.faults.clear('all')).toBe(1);
    expect(await outcome(undefined, 'eu-west-1')).toBe('ok');
    expect(cloud.faults.clear('fault-9')).toBe(0);
  });

  test('runs the operation whose answer is lost', async () => {
    cloud.faults.add({ kind: 'lost-response', region: 'eu-west-1', service: 'ecs' });
    expect(await outcome(undefined, 'eu-west-1')).toBe('TimeoutError');
    expect(seen).toHaveLength(1);
  });

  test('delays calls in world time', async () => {
    cloud.faults.add({ kind: 'latency', region: 'eu-west-1', ms: 800 });
    const startMs = cloud.world.nowMs();
    let endMs = 0;
    const call = outcome(undefined, 'eu-west-1').then(() => {
      endMs = cloud.world.nowMs();
    });
    await new VirtualDriver(cloud.world).runFor(5_000);
    await call;
    expect(endMs - startMs).toBe(800);
  });

  test('answers what models ask', () => {
    cloud.faults.add(down);
    cloud.faults.add({ kind: 'link-cut', region: 'us-east-1', to: 'internet' });
    expect(cloud.hub.isUp('eu-west-1')).toBe(false);
    expect(cloud.hub.canReach(undefined, 'us-east-1')).toBe(false);
    expect(cloud.hub.canReach('us-east-1', 'us-west-2')).toBe(true);
  });
});

describe('parseFault', () => {
  test('reads what the command line sends', () => {
    const body = { kind: 'api-throttle', region: 'eu-west-1', service: 'ECS/UpdateService' };
    expect(parseFault(body, regions)).toEqual({
      kind: 'api-throttle',
      region: 'eu-west-1',
      service: 'ecs',
      operation: 'UpdateService',
    });
  });

  test.each([
    [{ kind: 'no-capacity', region: 'eu-west-1' }],
    [{ kind: 'api-error', region: 'eu-west-1', service: 'ecs', rate: 0.5 }],
    [{ kind: 'event-delay', region: 'eu-west-1', source: 'aws.ecr', ms: 60_000 }],
    [{ kind: 'event-duplicate', region: 'eu-west-1', rate: 0.1 }],
    [{ kind: 'metric-gap', region: 'eu-west-1', namespace: 'AWS/ECS' }],
  ])('takes %j as it is', (body) => {
    expect(parseFault(body, regions)).toEqual(body);
  });

  test.each([
    [{ kind: 'meteor', region: 'eu-west-1' }, /There is no fault meteor; use region-down/],
    [{ kind: 'region-down' }, /A fault of kind region-down needs "region"/],
    [{ kind: 'link-cut', region: 'eu-west-1' }, /needs "to"/],
    [{ kind: 'latency', region: 'eu-west-1' }, /needs "ms"/],
    [{ kind: 'latency', region: 'eu-west-1', ms: -1 }, /"ms"/],
    [{ kind: 'event-delay', region: 'eu-west-1' }, /event-delay needs "ms"/],
    [{ kind: 'api-error', region: 'eu-west-1', rate: 2 }, /"rate" is the share/],
    [{ kind: 'function-kill', region: 'eu-west-1' }, /function-kill on a real clock.*threads/],
    [{ kind: 'function-freeze', region: 'eu-west-1' }, /function-freeze on a real clock/],
    [{ kind: 'clock-skew', region: 'eu-west-1' }, /clock-skew on a real clock.*docs\/rehearsals/],
  ])('rejects %j', (body, message) => {
    expect(() => parseFault(body, regions)).toThrow(message);
  });
});
