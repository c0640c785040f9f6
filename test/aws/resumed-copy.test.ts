import { expect, test } from '@jest/globals';
import { DynamoDbJournal } from '../../aws/dynamodb-journal.ts';
import { ecrImages } from '../../aws/ecr-registry.ts';
import { EcrRepositories } from '../../aws/ecr-repositories.ts';
import { runControlLoop } from '../../core/control-loop.ts';
import { replicationLoop } from '../../core/replication/replication-loop.ts';
import { answerCommand } from '../../sandbox/embed.ts';
import { buildCloud } from '../../sandbox/build-cloud.ts';
import { layerFetch } from '../../sandbox/services/ecr/layer-fetch.ts';
import { World } from '../../sandbox/world.ts';
import { FakeCloud } from '../core/fake-ports.ts';
import { fleetOfTest } from '../core/fleet-of-test.ts';
import { pushOf } from '../core/replication/library.ts';
import { clients } from './every-client.ts';
import { createJournalTable, JOURNAL_TABLE } from './journal-table.ts';

const MIB = 1_048_576;
const LAYER_BYTES = 25 * MIB;
const PART_BYTES = 10 * MIB;
const home = 'us-east-1';
const targets = ['us-west-2', 'us-east-2'];
const repository = 'shop/storefront';

/** A registry and a journal of the local cloud, and functions that die at a call. */
function cloudOfTest() {
  const world = new World({ seed: 1, startMs: 0 });
  const regions = [home, ...targets];
  const { cloud, models } = buildCloud({ world, accountId: '123456789012', regions });
  createJournalTable(models.dynamodb, regions);
  for (const region of regions) models.ecr.createRepository(region, repository);
  const sent = new Map<string, number>();
  const beside = new FakeCloud();

  /** One function, which dies for good after so many parts of layers. */
  const takePush = async (digest: string, partsUntilDeath = Infinity): Promise<void> => {
    let parts = 0;
    const made = clients({
      answer: (to) => async (command) => {
        if (parts > partsUntilDeath) throw new Error('killed');
        const { layerPartBlob } = command.input as { layerPartBlob?: Uint8Array };
        if (layerPartBlob !== undefined) {
          parts += 1;
          if (parts > partsUntilDeath) throw new Error('killed');
          sent.set(to.region, (sent.get(to.region) ?? 0) + layerPartBlob.length);
        }
        const caller = { principal: { region: home }, region: to.region };
        return answerCommand(cloud, caller, command);
      },
    });
    const ecr = (region: string) => made.ecr(region);
    const ports = beside.ports(home, {
      images: ecrImages(ecr, layerFetch(models.ecr, home)),
      repositories: new EcrRepositories(ecr),
      journal: new DynamoDbJournal({
        client: (region) => made.dynamodb(region),
        table: JOURNAL_TABLE,
        regions,
        ids: { next: () => world.random.uuid() },
      }),
    });
    const wide = fleetOfTest({ regions });
    await runControlLoop(replicationLoop(wide, ports), pushOf(digest, '1.0.0'), ports);
  };
  return { models, sent, takePush, wait: beside.advance.bind(beside) };
}

test('a copy whose function dies sends at most one part again to each target', async () => {
  for (const death of [1, 3, 5]) {
    const { models, sent, takePush, wait } = cloudOfTest();
    const source = models.ecr.repository(home, repository);
    const layer = new Uint8Array(LAYER_BYTES).fill(death);
    const digest = models.ecr.addBlob(source, layer);
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const config = { digest: models.ecr.addBlob(source, new TextEncoder().encode('{}')), size: 2 };
    const { digest: image } = models.ecr.putImage(home, repository, {
      body: JSON.stringify({
        schemaVersion: 2,
        mediaType,
        config: { ...config, mediaType: 'application/vnd.oci.image.config.v1+json' },
        layers: [
          { digest, size: LAYER_BYTES, mediaType: 'application/vnd.oci.image.layer.v1.tar' },
        ],
      }),
      tag: '1.0.0',
    });
    await expect(takePush(image, death)).rejects.toThrow('killed');
    for (const region of targets) {
      expect(models.ecr.repository(region, repository).tags.size).toBe(0);
    }
    wait(130_000);
    await takePush(image);
    for (const region of targets) {
      expect(models.ecr.repository(region, repository).tags.get('1.0.0')).toBe(image);
      expect(sent.get(region)).toBeLessThanOrEqual(LAYER_BYTES + 4 + PART_BYTES);
    }
    models.ecr.close();
  }
}, 60_000);
