import type { Application, Fleet } from '../../../core/contract/fleet.ts';
import { journalKeys } from '../../../core/contract/journal.ts';
import { runControlLoop } from '../../../core/control-loop.ts';
import { digestOf, pinnedImage } from '../../../core/image-uri.ts';
import type { ServiceRef } from '../../../core/ports.ts';
import { replicationLoop } from '../../../core/replication/replication-loop.ts';
import { rolloutLoop } from '../../../core/rollout/rollout-loop.ts';
import type { RolloutDocument } from '../../../core/rollout/rollout-state.ts';
import { FakeCloud } from '../fake-ports.ts';
import { fleetOfTest } from '../fleet-of-test.ts';

export const active = 'us-east-1';
export const standby = 'us-west-2';

/** An application whose images are pushed, replicated and rolled out on the fake cloud. */
export class Shop {
  readonly cloud = new FakeCloud();
  readonly fleet: Fleet;

  constructor(changes: Readonly<Record<string, unknown>> = {}) {
    this.fleet = fleetOfTest(changes);
  }

  get application(): Application {
    const found = this.fleet.applications['storefront'];
    if (found === undefined) throw new Error('no application');
    return found;
  }

  ref(region: string): ServiceRef {
    return { region, cluster: 'shop', service: 'storefront-web', container: 'web' };
  }

  /** Every region runs this tag's image, pinned, in a steady state. */
  async runs(tag: string): Promise<string> {
    const { digest } = this.cloud.images.in(active).addImage(tag, tag);
    await this.replicate();
    for (const region of this.application.regions) {
      const image = pinnedImage('123456789012', region, 'shop/storefront', digest);
      this.cloud.services.seed(this.ref(region), image);
    }
    return digest;
  }

  async push(tag: string): Promise<string> {
    const { digest } = this.cloud.images.in(active).addImage(tag, tag);
    await this.replicate();
    return digest;
  }

  async replicate(): Promise<void> {
    const ports = this.cloud.ports(this.application.home);
    const loop = replicationLoop(this.fleet, ports);
    await runControlLoop(loop, sweep, ports);
    const { wakes } = this.cloud;
    for (const { message } of wakes.splice(0).filter(({ loop: of }) => of === 'replication')) {
      await runControlLoop(loop, message, ports);
    }
  }

  async wake(raw: object = sweep, region = 'us-east-2'): Promise<string[]> {
    const ports = this.cloud.ports(region);
    const decisions = await runControlLoop(rolloutLoop(this.fleet, ports), raw, ports);
    return decisions.map(({ action, reason }) => `${action} ${reason.code}`);
  }

  /** Wakes the loop every 15 s from changing regions; returns decisions without repetitions. */
  async runFor(minutes: number): Promise<string[]> {
    const seen: string[] = [];
    const regions = [active, standby, 'us-east-2'];
    for (let wakes = 0; wakes < minutes * 4; wakes += 1) {
      const region = regions[wakes % regions.length] ?? active;
      for (const decision of await this.wake(recheck, region)) {
        if (seen.at(-1) !== decision && !decision.startsWith('hold')) seen.push(decision);
      }
      this.cloud.advance(15_000);
    }
    return seen;
  }

  async document(): Promise<RolloutDocument> {
    const found = await this.cloud.journal.read<RolloutDocument>(journalKeys.rollout('storefront'));
    if (found === undefined) throw new Error('no rollout document');
    return found.body;
  }

  async running(region: string): Promise<string | undefined> {
    const state = await this.cloud.services.describe(this.ref(region));
    return digestOf(state?.image ?? '');
  }

  deploys(): string[] {
    return this.cloud.effects.filter((effect) => effect.startsWith('deploy '));
  }

  kinds(): string[] {
    return this.cloud.notices.map(({ kind }) => kind);
  }
}

export const sweep = { kind: 'wake', app: 'storefront', cause: 'sweep' };
export const recheck = { kind: 'wake', app: 'storefront', cause: 'recheck', subject: 'rollout' };

/** A request of an operator to the rollout loop. */
export function operator(request: object, id = 'request-1'): object {
  return {
    id,
    source: 'farshore',
    'detail-type': 'Operator Request',
    time: '2026-11-20T10:00:00Z',
    region: active,
    resources: [],
    detail: { loop: 'rollout', app: 'storefront', actor: 'ada', request },
  };
}
