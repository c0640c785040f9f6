import { journalKeys } from '../../../core/contract/journal.ts';
import type { Fleet } from '../../../core/contract/fleet.ts';
import { runControlLoop } from '../../../core/control-loop.ts';
import { TerminalError } from '../../../core/errors.ts';
import type { ReplicatedImage } from '../../../core/replicated-image.ts';
import { replicationLoop } from '../../../core/replication/replication-loop.ts';
import type { FakeRegistry } from '../fake-images.ts';
import { FakeCloud } from '../fake-ports.ts';
import { fleetOfTest } from '../fleet-of-test.ts';

export const home = 'us-east-1';
export const targets = ['us-west-2', 'eu-west-1'];
const index = 'application/vnd.oci.image.index.v1+json';
export const ociManifest = 'application/vnd.oci.image.manifest.v1+json';

export const sweep = { kind: 'wake', app: 'storefront', cause: 'sweep' };

/** One application with images on the fake cloud, replicated from its home region. */
export class Library {
  readonly cloud: FakeCloud;
  readonly fleet: Fleet;
  /** Messages that no retry helps, with what the loop said of them. */
  readonly deadLetters: { readonly raw: object; readonly cause: string }[] = [];
  /** How much time goes by with each look at the clock, and how long a function may run, in ms. */
  time: { readonly tickMs: number; readonly runMs: number } | undefined;

  constructor(changes: Readonly<Record<string, unknown>> = {}, cloud = new FakeCloud()) {
    this.fleet = fleetOfTest({ regions: [home, ...targets], ...changes });
    this.cloud = cloud;
  }

  get home(): FakeRegistry {
    return this.cloud.images.in(home);
  }

  get target(): FakeRegistry {
    return this.cloud.images.in('us-west-2');
  }

  /** Takes one message through the loop, then those it sent that are due; tells the decisions. */
  async wake(raw: object = sweep, region = home): Promise<string[]> {
    const decisions = await this.take(raw, region);
    const { cloud } = this;
    const { wakes } = cloud;
    for (let count = 0; count < 1_000; count += 1) {
      const due = wakes.findIndex((wake) => {
        return wake.loop === 'replication' && wake.atMs <= cloud.nowMs;
      });
      const [next] = due < 0 ? [] : wakes.splice(due, 1);
      if (next === undefined) return decisions;
      decisions.push(...(await this.take(next.message)));
    }
    throw new Error('a message leads to another without end');
  }

  /** One message alone. */
  async take(raw: object, region = home): Promise<string[]> {
    const { time, cloud } = this;
    const clock = { nowMs: () => (cloud.nowMs += time?.tickMs ?? 0) };
    const ports = cloud.ports(region, { clock });
    const endsAtMs = time === undefined ? undefined : cloud.nowMs + time.runMs;
    try {
      const loop = replicationLoop(this.fleet, ports);
      const decisions = await runControlLoop(loop, raw, ports, endsAtMs);
      return decisions.map(({ action, reason }) => `${action} ${reason.code}`);
    } catch (error) {
      if (!(error instanceof TerminalError)) throw error;
      this.deadLetters.push({ raw, cause: error.message });
      return ['dead letter'];
    }
  }

  async record(digest: string): Promise<ReplicatedImage | undefined> {
    const key = journalKeys.image('storefront', digest);
    return (await this.cloud.journal.read<ReplicatedImage>(key))?.body;
  }

  writes(region: string): string[] {
    return this.cloud.effects.filter((effect) => / (\S+)/.exec(effect)?.[1] === region);
  }

  /** Events about images that every region holds. */
  get announced(): object[] {
    return this.cloud.published.filter(({ detailType }) => detailType === 'Image Replicated');
  }
}

/** What a person asked of the storefront's replication, as it comes from the bus. */
export function askedOf(request: object): object {
  return {
    id: 'e',
    source: 'farshore',
    'detail-type': 'Operator Request',
    time: '2026-11-20T10:00:00Z',
    region: home,
    resources: [],
    detail: { loop: 'replication', app: 'storefront', actor: 'sam@desk', request },
  };
}

export function pushOf(digest: string, tag?: string, region = home): object {
  return {
    id: 'e',
    source: 'aws.ecr',
    'detail-type': 'ECR Image Action',
    time: '2026-11-20T10:00:00Z',
    region,
    resources: [],
    detail: {
      'action-type': 'PUSH',
      result: 'SUCCESS',
      'repository-name': 'shop/storefront',
      'image-digest': digest,
      'image-tag': tag ?? '',
    },
  };
}

/** Two platforms, a signature by `subject`, an SBOM of the signature, and a cosign tag. */
export function pushRich(registry: FakeRegistry, tag: string) {
  const shared = registry.addBlob('shared base layer');
  const children = ['amd64', 'arm64'].map((name) => {
    const config = registry.addBlob(`config ${name}`);
    const layers = [shared, registry.addBlob(`layer ${name}`)];
    return registry.addManifest({ schemaVersion: 2, mediaType: ociManifest, config, layers });
  });
  const manifests = children.map(({ digest, size, mediaType }) => ({ digest, size, mediaType }));
  const root = registry.addManifest({ schemaVersion: 2, mediaType: index, manifests }, tag);
  const signature = attach(registry, root, 'signature');
  const sbom = attach(registry, signature, 'sbom of the signature');
  const cosign = registry.addImage('cosign signature', `${root.digest.replace(':', '-')}.sig`);
  return { root, children, signature, sbom, cosign };
}

export function attach(registry: FakeRegistry, to: { digest: string; size: number }, name: string) {
  return registry.addManifest({
    schemaVersion: 2,
    mediaType: ociManifest,
    config: registry.addBlob(`{} ${name}`),
    layers: [registry.addBlob(name)],
    subject: { mediaType: ociManifest, digest: to.digest, size: to.size },
  });
}
