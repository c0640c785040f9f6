import { describe, expect, test } from '@jest/globals';
import { EcsImageUse } from '../../aws/ecs-image-use.ts';
import { EcsServices } from '../../aws/ecs-services.ts';
import { buildCloud } from '../../sandbox/build-cloud.ts';
import { answerCommand } from '../../sandbox/embed.ts';
import { VirtualDriver } from '../../sandbox/virtual-driver.ts';
import { pushIntoModel, sampleImage } from '../../sandbox/sample-image.ts';
import { World } from '../../sandbox/world.ts';
import { clients } from './every-client.ts';

const region = 'us-west-2';
const ref = { region, cluster: 'shop', service: 'web', container: 'app' };
const host = `123456789012.dkr.ecr.${region}.amazonaws.com`;

/** A service whose first container runs 1.0.0 by tag, and its sidecar something else. */
function running() {
  const world = new World({ seed: 1, startMs: 0 });
  const { cloud, models } = buildCloud({ world, accountId: '123456789012', regions: [region] });
  const made = clients({
    answer: (to) => (command) =>
      answerCommand(cloud, { principal: { region }, region: to.region }, command),
  });
  models.ecr.createRepository(region, 'shop/web');
  const image = sampleImage({ version: '1.0.0' });
  pushIntoModel(models.ecr, { region, repository: 'shop/web', tag: '1.0.0' }, image);
  models.ecs.createCluster(region, 'shop');
  const taskDefinition = models.ecs.registerTaskDefinition(region, {
    family: 'web',
    cpu: '256',
    containerDefinitions: [
      { name: 'app', image: `${host}/shop/web:1.0.0` },
      { name: 'sidecar', image: 'public.example/proxy:2' },
    ],
  });
  const driver = new VirtualDriver(world);
  return {
    driver,
    cloud,
    digest: image.index.digest,
    addService: (service: string, desiredCount: number) => {
      const added = models.ecs.addService({ ...ref, service, taskDefinition, desiredCount });
      models.ecs.scheduler.look(added);
    },
    uses: new EcsImageUse(made.ecs),
    services: new EcsServices({ ecs: made.ecs, elb: made.elb }),
  };
}

describe('what a cluster runs', () => {
  test('is told of every service and every container, with the digest that a tag became', async () => {
    const { driver, uses, digest, addService } = running();
    addService('web', 1);
    for (let count = 0; count < 11; count += 1) addService(`idle-${count}`, 0);
    await driver.runFor(120_000);
    const used = await uses.inCluster(region, 'shop');
    const image = `${host}/shop/web:1.0.0`;
    expect(used.filter((each) => each.image === image)).toHaveLength(13);
    expect(used).toContainEqual({ image, digest, by: 'A task of service:web' });
    expect(used).toContainEqual({
      image: 'public.example/proxy:2',
      by: 'The service shop/idle-10',
    });
  });

  test('is also what a deployment replaces, as long as it is there', async () => {
    const { driver, uses, services, addService, digest } = running();
    addService('web', 1);
    await driver.runFor(120_000);
    await services.deploy(ref, `${host}/shop/web@sha256:${'b'.repeat(64)}`);
    await driver.runFor(1_000);
    const used = await uses.inCluster(region, 'shop');
    const images = used.filter(({ by }) => by === 'The service shop/web').map((each) => each.image);
    expect(images).toContain(`${host}/shop/web:1.0.0`);
    expect(images).toContain(`${host}/shop/web@sha256:${'b'.repeat(64)}`);
    expect(used.some((each) => each.digest === digest)).toBe(true);
  });

  test('is nothing without the cluster, and unknown without an answer', async () => {
    const { cloud, uses } = running();
    expect(await uses.inCluster(region, 'other')).toEqual([]);
    expect(await uses.inTaskDefinition(region, 'web:1')).toHaveLength(2);
    expect(await uses.inTaskDefinition(region, 'web:9')).toEqual([]);
    cloud.faults.add({ kind: 'api-throttle', region, service: 'ecs', operation: 'ListTasks' });
    await expect(uses.inCluster(region, 'shop')).rejects.toThrow('ListTasks');
  });
});
