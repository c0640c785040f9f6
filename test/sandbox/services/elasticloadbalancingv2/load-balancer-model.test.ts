import { describe, expect, it } from '@jest/globals';
import type {
  DescribeLoadBalancersOutput,
  DescribeTargetGroupsOutput,
  DescribeTargetHealthOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { LoadBalancerModel } from '../../../../sandbox/services/elasticloadbalancingv2/load-balancer-model.ts';
import { VirtualDriver } from '../../../../sandbox/virtual-driver.ts';
import { ACCOUNT_ID, caller, recordingHub, REGION, worldFrom } from '../../recording-hub.ts';

function balancer() {
  const world = worldFrom();
  const hub = recordingHub(world);
  const model = new LoadBalancerModel(world, hub, { accountId: ACCOUNT_ID });
  const group = model.createTargetGroup(REGION, 'web');
  model.createLoadBalancer({
    name: 'shop',
    app: 'shop',
    region: REGION,
    dnsName: 'lb.use1.example',
    zoneId: 'Z1',
    hosts: ['shop.example'],
    targetGroups: [group],
  });
  model.setAddress(REGION, '127.0.0.11');
  const register = (id: string, answers: () => boolean = () => true) => {
    group.register({ id, port: 80, answer: () => (answers() ? { task: id } : undefined) });
  };
  const driver = new VirtualDriver(world);
  return { hub, model, group, register, driver, ...caller(world, model.service) };
}

describe('a target', () => {
  it('is healthy after the first check it answers, and drains before it is gone', async () => {
    const { group, register, driver, call } = balancer();
    const states = async () => {
      const input = { TargetGroupArn: group.arn };
      const answer = await call<DescribeTargetHealthOutput>('DescribeTargetHealth', input);
      return answer.TargetHealthDescriptions?.map(({ TargetHealth }) => TargetHealth?.State);
    };
    let answers = false;
    register('10.0.0.1');
    register('10.0.0.2', () => answers);
    expect(await states()).toEqual(['initial', 'initial']);
    await driver.runFor(5_000);
    expect(await states()).toEqual(['healthy', 'unhealthy']);
    answers = true;
    await driver.runFor(10_000);
    expect(await states()).toEqual(['healthy', 'healthy']);
    group.deregister('10.0.0.1');
    expect(await states()).toEqual(['draining', 'healthy']);
    await driver.runFor(15_000);
    expect(await states()).toEqual(['healthy']);
  });
});

describe('a load balancer', () => {
  it('gives each healthy target its turn', async () => {
    const { model, register, driver } = balancer();
    register('10.0.0.1');
    register('10.0.0.2');
    await driver.runFor(5_000);
    const tasks = [1, 2, 3].map(
      () => (JSON.parse(model.handle('lb.use1.example', '/').body) as { task: string }).task,
    );
    expect(tasks).toEqual(['10.0.0.1', '10.0.0.2', '10.0.0.1']);
  });

  it.each([
    ['its name', 'lb.use1.example', undefined, 200],
    ['its name in capitals with a dot and a port', 'LB.use1.example.:80', undefined, 200],
    ['the traffic record in its region', 'shop.example', { region: REGION }, 200],
    ['the traffic record in another region', 'shop.example', { region: 'us-west-2' }, 404],
    ['no known host', 'localhost', { region: REGION }, 404],
    ['no known host, with a default', 'localhost', { region: REGION, fallbackApp: 'shop' }, 200],
  ])('answers to %s', async (_case, host, at, status) => {
    const { model, register, driver } = balancer();
    register('10.0.0.1');
    await driver.runFor(5_000);
    expect(model.handle(host, '/healthz', at).status).toBe(status);
  });

  it('answers 503 without a healthy target and while its region is down', async () => {
    const { hub, model, register, driver } = balancer();
    expect(model.handle('lb.use1.example', '/').status).toBe(503);
    expect(model.isTargetHealthy('lb.use1.example')).toBe(false);
    register('10.0.0.1');
    await driver.runFor(5_000);
    expect(model.isTargetHealthy('lb.use1.example')).toBe(true);
    hub.down.add(REGION);
    expect(model.isTargetHealthy('lb.use1.example')).toBe(false);
    expect(model.handle('lb.use1.example', '/').status).toBe(503);
    expect(model.isTargetHealthy('other.example')).toBeUndefined();
  });

  it('tells its address and region', () => {
    const { model } = balancer();
    expect(model.addressOf('dualstack.lb.use1.example.')).toBe('127.0.0.11');
    expect(model.regionAt('127.0.0.11')).toBe(REGION);
    expect(model.addressOf('other.example')).toBeUndefined();
  });
});

describe('the API', () => {
  it('describes load balancers and their target groups', async () => {
    const { call, group } = balancer();
    const found = await call<DescribeLoadBalancersOutput>('DescribeLoadBalancers', {
      Names: ['shop'],
    });
    const [first] = found.LoadBalancers ?? [];
    expect(first).toMatchObject({ DNSName: 'lb.use1.example', CanonicalHostedZoneId: 'Z1' });
    const groups = await call<DescribeTargetGroupsOutput>('DescribeTargetGroups', {
      LoadBalancerArn: first?.LoadBalancerArn,
    });
    expect(groups.TargetGroups).toMatchObject([{ TargetGroupArn: group.arn }]);
  });

  it.each([
    ['DescribeLoadBalancers', { Names: ['nope'] }, 'LoadBalancerNotFound'],
    ['DescribeTargetGroups', { Names: ['nope'] }, 'TargetGroupNotFound'],
    ['DescribeTargetHealth', { TargetGroupArn: 'nope' }, 'TargetGroupNotFound'],
  ])('%s rejects %j', async (operation, input, code) => {
    await expect(balancer().call(operation, input)).rejects.toMatchObject({ code });
  });
});
