import { readFileSync } from 'node:fs';
import { afterEach, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { fleetSchema } from '../../core/contract/fleet.ts';
import { LoadBalancerServer, loadBalancerAddress } from '../../sandbox/load-balancer-server.ts';
import { EcrModel } from '../../sandbox/services/ecr/ecr-model.ts';
import { EcsModel } from '../../sandbox/services/ecs/ecs-model.ts';
import { LoadBalancerModel } from '../../sandbox/services/elasticloadbalancingv2/load-balancer-model.ts';
import { SEED_TAG, seedWorkload, type WorkloadModels } from '../../sandbox/workload.ts';
import { ACCOUNT_ID, recordingHub, worldFrom } from './recording-hub.ts';

const file = new URL('../../examples/shop/fleet.yaml', import.meta.url);
const servers: LoadBalancerServer[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

function seeded() {
  const fleet = fleetSchema.parse(parse(readFileSync(file, 'utf8')));
  const world = worldFrom();
  const neighbours: Partial<WorkloadModels> = {};
  const hub = recordingHub(world, () => ({
    resolveImage: (region, image) => neighbours.ecr?.resolveImage(region, image),
    imageLabels: (region, image) => neighbours.ecr?.imageLabels(region, image) ?? {},
    registerTarget: (...args) => neighbours.elasticloadbalancingv2?.registerTarget(...args),
  }));
  const options = { accountId: ACCOUNT_ID };
  const models = {
    ecr: new EcrModel(world, hub, options),
    ecs: new EcsModel(world, hub, options),
    elasticloadbalancingv2: new LoadBalancerModel(world, hub, options),
  };
  Object.assign(neighbours, models);
  const alarms: string[] = [];
  const functions: string[] = [];
  seedWorkload(models, fleet, {
    putAlarm: (region, { AlarmName = '' }) => alarms.push(`${region} ${AlarmName}`),
    createFunction: (region, name) => functions.push(`${region} ${name}`),
  });
  return { ...models, fleet, hub, alarms, functions };
}

it('builds the same steady services in every region of an application', () => {
  const { ecr, ecs, elasticloadbalancingv2: balancers, hub } = seeded();
  const services = ecs.services().map(({ region, name, isSteady, desiredCount, deployments }) => ({
    at: `${region} ${name}`,
    isSteady,
    desiredCount,
    states: deployments.map(({ rolloutState }) => rolloutState),
  }));
  const steady = { isSteady: true, desiredCount: 2, states: ['COMPLETED'] };
  expect(services).toEqual([
    { at: 'us-east-1 storefront-web', ...steady },
    { at: 'us-east-1 orders-api', ...steady },
    { at: 'us-west-2 storefront-web', ...steady },
    { at: 'us-west-2 orders-api', ...steady },
  ]);
  const digests = ['us-east-1', 'us-west-2'].map((region) =>
    ecr.repository(region, 'shop/storefront').tags.get(SEED_TAG),
  );
  expect(new Set(digests).size).toBe(1);
  const answer = balancers.handle('storefront-1414213562.us-west-2.elb.amazonaws.com', '/');
  expect(JSON.parse(answer.body)).toMatchObject({
    app: 'storefront',
    region: 'us-west-2',
    digest: digests[0],
    version: SEED_TAG,
  });
  expect(hub.events).toEqual([]);
});

it('brings the alarms and functions that the fleet names', () => {
  const { alarms, functions } = seeded();
  expect(alarms.toSorted()).toEqual(
    ['us-east-1', 'us-west-2'].flatMap((region) =>
      ['orders-backlog', 'orders-replica-lag', 'orders-slo'].map((name) => `${region} ${name}`),
    ),
  );
  expect(functions).toEqual(['us-east-1 promote-orders', 'us-west-2 promote-orders']);
});

it('answers over HTTP at an address of each region, and not while the region is down', async () => {
  const { elasticloadbalancingv2: model, fleet, hub } = seeded();
  const regions = Object.keys(fleet.regions);
  const region = 'us-west-2';
  const server = new LoadBalancerServer({
    model,
    region,
    address: loadBalancerAddress(regions, region),
    isUp: () => hub.isUp(region),
  });
  servers.push(server);
  const url = await server.listen();
  expect(model.addressOf('orders-2718281828.us-west-2.elb.amazonaws.com')).toBe(
    new URL(url).hostname,
  );
  expect(await (await fetch(url)).json()).toMatchObject({ app: 'storefront', region });
  const headers = { 'x-forwarded-host': 'orders.shop.example' };
  expect(await (await fetch(`${url}/healthz`, { headers })).json()).toMatchObject({
    app: 'orders',
  });
  expect((await fetch(`${url}/other`)).status).toBe(404);
  hub.down.add(region);
  await expect(fetch(url)).rejects.toThrow('fetch failed');
});
