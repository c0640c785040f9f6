import { journalKeys } from '../../../core/contract/journal.ts';
import type { Fleet } from '../../../core/contract/fleet.ts';
import { runControlLoop } from '../../../core/control-loop.ts';
import type { DeletionDocument } from '../../../core/deletion/deletion-document.ts';
import { deletionLoop } from '../../../core/deletion/deletion-loop.ts';
import type { RolloutDocument } from '../../../core/rollout/rollout-state.ts';
import { fleetOfTest } from '../fleet-of-test.ts';
import { askedOf, home, Library, sweep } from '../replication/library.ts';

export const hourMs = 3_600_000;
export const west = 'us-west-2';

/** A library whose images are deleted elsewhere as at home, one hour later unless a test differs. */
export class Prunable {
  readonly library: Library;
  fleet: Fleet;

  constructor(
    deletion: Readonly<Record<string, unknown>> | undefined = { automatic: true, grace: '1h' },
    changes: Readonly<Record<string, unknown>> = {},
  ) {
    const regions = [home, west];
    this.fleet = fleetOfTest({ regions, replication: { deletion }, ...changes });
    this.library = new Library({ regions, ...changes });
  }

  get cloud() {
    return this.library.cloud;
  }

  /** Pushes images of these tags and lets them be carried; returns their digests. */
  async carry(...tags: readonly string[]): Promise<readonly string[]> {
    const pushed = tags.map((tag) => this.library.home.addImage(`image ${tag}`, tag).digest);
    await this.library.wake();
    return pushed;
  }

  /** Somebody deletes an image at home, with all its tags. */
  deleteAtHome(digest: string, registry = this.library.home): void {
    for (const [tag, image] of registry.tagged) {
      if (image.digest === digest) registry.tagged.delete(tag);
    }
    registry.manifests.delete(digest);
  }

  /** One look; tells what was decided. */
  async look(raw: object = sweep): Promise<string | undefined> {
    const ports = this.cloud.ports(home);
    const [decision] = await runControlLoop(deletionLoop(this.fleet, ports), raw, ports);
    return decision === undefined ? undefined : `${decision.action} ${decision.reason.code}`;
  }

  /** Looks, lets the grace pass, and looks again. */
  async lookAfterGrace(): Promise<string | undefined> {
    await this.look();
    this.cloud.advance(hourMs);
    return this.look();
  }

  get removed(): readonly string[] {
    return this.cloud.effects.filter((effect) => effect.startsWith('remove '));
  }

  get notices(): readonly string[] {
    return this.cloud.notices.map(({ kind }) => kind);
  }

  async document(): Promise<DeletionDocument | undefined> {
    const key = journalKeys.deletion('storefront');
    return (await this.cloud.journal.read<DeletionDocument>(key))?.body;
  }

  /** The newest text of a reason, for people. */
  async because(): Promise<string> {
    const key = journalKeys.standing('storefront', 'replication', 'deletion');
    type Standing = { readonly decision: { readonly reason: { readonly text: string } } };
    return (await this.cloud.journal.read<Standing>(key))?.body.decision.reason.text ?? '';
  }

  async writeRollout(document: Partial<RolloutDocument>): Promise<void> {
    const key = journalKeys.rollout('storefront');
    const found = await this.cloud.journal.read(key);
    await this.cloud.journal.write(key, { quarantined: [], ...document }, found?.version);
  }
}

export const pruneOf = (id: string): object => askedOf({ kind: 'prune', id });
