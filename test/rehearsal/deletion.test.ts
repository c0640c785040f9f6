import { afterAll, expect, test } from '@jest/globals';
import { journalKeys } from '../../core/contract/journal.ts';
import { ScenarioFiles } from '../../cli/rehearse/scenario-file.ts';
import { openRehearsal } from '../../rehearsal/rehearsed-cloud.ts';
import { WorldView } from '../../rehearsal/world-view.ts';
import { pushIntoModel, sampleImage } from '../../sandbox/sample-image.ts';

// The deployed functions, with the roles that were synthesized, of a shop that follows deletions.
const files = new ScenarioFiles();
const [home, target] = ['us-east-1', 'us-west-2'];
const repository = 'shop/storefront';
const minuteMs = 60_000;

afterAll(() => {
  files.close();
});

async function openShop() {
  const file = 'examples/scenarios/deletion-killed-midway.yaml';
  const { fleet, fleetFile } = files.load(file, undefined);
  const assembly = await files.assembly(fleetFile);
  const cloud = await openRehearsal({ fleet, assembly, seed: 1 });
  const { built, driver } = cloud;
  const { ecr } = built.models;
  const deletions = () =>
    built.cloud.calls
      .list({ service: 'ecr' })
      .filter((call) => call.operation === 'BatchDeleteImage')
      .filter(({ principal }) => principal.roleArn !== undefined);
  return {
    ...{ driver, ecr, deletions, view: new WorldView(cloud) },
    push: async (tag: string) => {
      const image = sampleImage({ version: tag });
      pushIntoModel(ecr, { region: home, repository, tag }, image);
      await driver.runFor(2 * minuteMs);
      return image;
    },
    deleteAtHome: (...digests: readonly string[]) =>
      built.cloud.call({
        ...{ service: 'ecr', operation: 'BatchDeleteImage', region: home, principal: {} },
        input: {
          repositoryName: repository,
          imageIds: digests.map((imageDigest) => ({ imageDigest })),
        },
      }),
  };
}

test('an image goes with its platforms once home has none of them, by the roles as they are deployed', async () => {
  const { driver, ecr, push, deleteAtHome, deletions, view } = await openShop();
  const gone = await push('1.0.0');
  await push('1.1.0');
  await deleteAtHome(gone.index.digest);
  await deleteAtHome(...gone.manifests.map(({ digest }) => digest));
  const parts = [gone.index, ...gone.manifests].map(({ digest }) => digest);
  const left = () =>
    parts.filter((digest) => ecr.repository(target, repository).images.has(digest)).length;
  await driver.runFor(59 * minuteMs);
  expect(left()).toBe(parts.length);
  await driver.runFor(5 * minuteMs);
  expect(left()).toBe(0);
  expect(view.tagged('storefront', target, '1.1.0')).toBeDefined();
  expect(deletions().every(({ region, outcome }) => region === target && outcome === 'ok')).toBe(
    true,
  );
  const record = view.document(journalKeys.image('storefront', gone.index.digest));
  expect(record).toMatchObject({ regions: [home], announced: [] });
  expect(view.deadLetters(home)).toBe(0);
}, 60_000);
