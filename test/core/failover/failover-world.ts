import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Fleet } from '../../../core/contract/fleet.ts';
import { journalKeys } from '../../../core/contract/journal.ts';
import { verdictRecord } from '../../../core/contract/names.ts';
import { parseFleet } from '../../../core/contract/parse-fleet.ts';
import { runControlLoop } from '../../../core/control-loop.ts';
import { failoverLoop } from '../../../core/failover/failover-loop.ts';
import type { FailoverState } from '../../../core/failover/failover-state.ts';
import type { FailoverDecision } from '../../../core/failover/observed-failover.ts';
import { probeRegions } from '../../../core/failover/probe-regions.ts';
import { sendUnsentNotices } from '../../../core/outbox.ts';
import type {
  AlarmState,
  LatchState,
  Ports,
  ProbeResult,
  ServiceRef,
} from '../../../core/ports.ts';
import { FakeCloud } from '../fake-ports.ts';

export const primary = 'us-east-1';
export const standby = 'us-west-2';
export const observer = 'us-east-2';

/** The example fleet, with changes to the application that the tests move. */
export function shopFleet(change: (app: Record<string, unknown>) => void = () => undefined): Fleet {
  const text = readFileSync('examples/shop/fleet.yaml', 'utf8');
  const value = parse(text) as { applications: Record<string, Record<string, unknown>> };
  const { storefront } = value.applications;
  if (storefront !== undefined) change(storefront);
  value.applications = { storefront: storefront ?? {} };
  const parsed = parseFleet(value);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.fleet;
}

/** Three regions that watch and move one application; each runs the real loop and real probes. */
export class FailoverWorld {
  readonly cloud = new FakeCloud();
  readonly fleet: Fleet;
  /** Regions whose functions and services are gone. */
  readonly dead = new Set<string>();
  /** Regions whose endpoint answers nobody, while their functions run. */
  readonly silent = new Set<string>();
  /** `observer>region`: this observer alone cannot reach it. */
  readonly cut = new Set<string>();
  readonly blind = new Set<string>();
  /** What Route 53 says, where it differs from what is so. */
  readonly verdicts = new Map<string, readonly string[] | undefined>();
  readonly alarms = new Map<string, AlarmState>();
  readonly invoked: object[] = [];
  readonly decisions: (FailoverDecision & { readonly by: string })[] = [];
  readonly latchWrites: LatchState[] = [];
  /** Ids of the records whose notice left: one that is sent twice has the same id twice. */
  readonly doneIds = new Set<string>();
  latch: LatchState = { latched: false, epoch: 0 };
  /** DNS follows no latch while this is set. */
  isDnsStuck = false;
  /** The region that holds the latch does not answer. */
  isLatchLost = false;
  #queue: { region: string; raw: unknown; atMs: number }[] = [];

  constructor(fleet: Fleet = shopFleet()) {
    this.fleet = fleet;
    for (const region of [primary, standby]) {
      this.cloud.services.seed(this.ref(region), 'nginx:1', {
        desired: region === primary ? 4 : 2,
      });
    }
  }

  ref(region: string): ServiceRef {
    return { region, cluster: 'shop', service: 'storefront-web', container: 'web' };
  }

  ports(region: string, overrides: Partial<Ports> = {}): Ports {
    const base = this.cloud.ports(region);
    return {
      ...base,
      alarms: {
        ...base.alarms,
        state: (where, name) => Promise.resolve(this.alarms.get(`${where}/${name}`)),
      },
      latch: {
        read: () => Promise.resolve(this.latch),
        write: (_app, state) =>
          this.isLatchLost
            ? Promise.reject(new Error('S3 does not answer'))
            : Promise.resolve(this.#writeLatch(state)),
      },
      notifier: {
        publish: (notice, id) => {
          if (notice.kind === 'failover-done') this.doneIds.add(id);
          return base.notifier.publish(notice, id);
        },
      },
      hooks: {
        invoke: (_region, _name, input) => {
          this.invoked.push(input);
          return Promise.resolve({});
        },
      },
      probes: {
        http: (url) => Promise.resolve(this.#http(region, url)),
        txt: (name) => Promise.resolve(this.#txt(name)),
        addresses: (name) => Promise.resolve([this.#address(name)]),
      },
      wakes: {
        wake: (loop, message, delayMs) => {
          if (loop === 'failover') this.send(region, message, delayMs);
          return Promise.resolve();
        },
      },
      ...overrides,
    };
  }

  send(region: string, raw: unknown, delayMs = 0): void {
    this.#queue.push({ region, raw, atMs: this.cloud.nowMs + delayMs });
  }

  request(region: string, request: object, id = `request-${this.cloud.nowMs}`): void {
    this.send(region, {
      id,
      source: 'farshore',
      'detail-type': 'Operator Request',
      time: new Date(this.cloud.nowMs).toISOString(),
      region,
      detail: { loop: 'failover', app: 'storefront', actor: 'ada', request },
    });
  }

  /** Lets time pass: a round of probes each 10 s, a sweep each minute, queued messages between. */
  async pass(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second += 1) {
      this.cloud.advance(1_000);
      const round = Math.floor(this.cloud.nowMs / 1_000);
      if (round % 10 === 0) await this.#round(round % 60 === 0);
      await this.#drain();
    }
  }

  async wake(region: string): Promise<readonly FailoverDecision[]> {
    return this.#run(region, { kind: 'wake', app: 'storefront', cause: 'probe' });
  }

  async state(): Promise<FailoverState | undefined> {
    return (await this.cloud.journal.read<FailoverState>(journalKeys.failover('storefront')))?.body;
  }

  get notices(): readonly string[] {
    return this.cloud.notices.map(({ kind }) => kind);
  }

  async #round(isSweep: boolean): Promise<void> {
    for (const region of [primary, standby, observer]) {
      if (this.dead.has(region)) continue;
      const apps = await probeRegions(this.fleet, this.ports(region));
      if (apps.includes('storefront')) await this.wake(region);
      if (!isSweep) continue;
      await this.#run(region, { kind: 'wake', app: 'storefront', cause: 'sweep' });
      await sendUnsentNotices(this.ports(region), 'storefront');
    }
  }

  async #drain(): Promise<void> {
    for (let turn = 0; turn < 100; turn += 1) {
      const due = this.#queue.find(({ atMs }) => atMs <= this.cloud.nowMs);
      if (due === undefined) return;
      this.#queue = this.#queue.filter((message) => message !== due);
      if (!this.dead.has(due.region)) await this.#run(due.region, due.raw);
    }
    throw new Error('the loop wakes itself without end');
  }

  async #run(region: string, raw: unknown): Promise<readonly FailoverDecision[]> {
    const ports = this.ports(region);
    const decided = await runControlLoop(failoverLoop(this.fleet, ports), raw, ports);
    this.decisions.push(...decided.map((decision) => ({ ...decision, by: region })));
    return decided;
  }

  #http(from: string, url: string): ProbeResult {
    if (this.blind.has(from)) return { ok: false, text: 'no route' };
    const region = this.#regionOf(url);
    if (region === undefined) return { ok: true, text: '200' };
    const isUp = !this.#isDown(region) && !this.cut.has(`${from}>${region}`);
    return { ok: isUp, text: isUp ? '200' : 'timeout' };
  }

  #txt(name: string): readonly string[] | undefined {
    const region = [primary, standby].find((one) => name === verdictRecord(one, 'shop.example'));
    if (region === undefined) return undefined;
    if (this.verdicts.has(region)) return this.verdicts.get(region);
    return [this.#isDown(region) ? 'down' : 'up'];
  }

  /** Route 53's failover records: the primary hangs on its endpoint and on the latch. */
  #address(name: string): string {
    const region = this.#regionOf(name);
    if (region !== undefined) return region;
    const isPrimaryUp = !this.#isDown(primary) && !this.latch.latched;
    return isPrimaryUp || this.isDnsStuck || this.#isDown(standby) ? primary : standby;
  }

  #regionOf(text: string): string | undefined {
    if (text.includes('use1')) return primary;
    return text.includes('usw2') ? standby : undefined;
  }

  #isDown(region: string): boolean {
    return this.dead.has(region) || this.silent.has(region);
  }

  #writeLatch(state: LatchState): boolean {
    const isSame = state.epoch === this.latch.epoch && state.latched === this.latch.latched;
    if (state.epoch <= this.latch.epoch && !isSame) return false;
    this.latch = state;
    this.latchWrites.push(state);
    return true;
  }
}
