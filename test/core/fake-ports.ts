import type { JournalKey } from '../../core/contract/journal.ts';
import type { Notice } from '../../core/decision.ts';
import type { LoopName } from '../../core/contract/functions.ts';
import type { CopyMetric, MeasuredIn, Meter } from '../../core/meter.ts';
import type {
  Alarms,
  Hooks,
  Journal,
  Latch,
  Listed,
  ListOptions,
  Ports,
  Probes,
  Versioned,
} from '../../core/ports.ts';
import { FakeImages } from './fake-images.ts';
import { FakeImageUse } from './fake-image-use.ts';
import { FakeNativeReplication } from './fake-native-replication.ts';
import { FakeServices } from './fake-services.ts';

/** A journal in memory; documents go through JSON, as they would through DynamoDB. */
export class FakeJournal implements Journal {
  readonly #items = new Map<string, Versioned<string>>();
  readonly #step: Step;

  constructor(step: Step = () => undefined) {
    this.#step = step;
  }

  read<T>(key: JournalKey): Promise<Versioned<T> | undefined> {
    const found = this.#items.get(keyText(key));
    return Promise.resolve(
      found === undefined ? undefined : { ...found, body: JSON.parse(found.body) as T },
    );
  }

  write(key: JournalKey, body: object, expectedVersion: number | undefined): Promise<boolean> {
    const text = keyText(key);
    if (this.#items.get(text)?.version !== expectedVersion) return Promise.resolve(false);
    this.#step('journal.write', key.sort);
    const version = (expectedVersion ?? 0) + 1;
    this.#items.set(text, { body: JSON.stringify(body), version });
    return Promise.resolve(true);
  }

  list<T>(partition: string, options: ListOptions = {}): Promise<readonly Listed<T>[]> {
    const prefix = keyText({ partition, sort: options.prefix ?? '' });
    const found = [...this.#items]
      .filter(([text]) => text.startsWith(prefix))
      .map(([text, { body, version }]) => ({
        sort: text.slice(partition.length + 1),
        body: JSON.parse(body) as T,
        version,
      }))
      .sort((a, b) => (a.sort < b.sort ? -1 : 1));
    if (options.newestFirst === true) found.reverse();
    return Promise.resolve(found.slice(0, options.limit));
  }
}

/** Told before each effect; it throws to play a function that dies at that moment. */
export type Step = (effect: string, about: string) => void;

/** Everything the control plane can reach, in memory; parts nobody set up refuse to be used. */
export class FakeCloud {
  nowMs = Date.parse('2026-11-20T10:00:00Z');
  /** Effects in the order they happened. */
  readonly effects: string[] = [];
  readonly notices: Notice[] = [];
  readonly wakes: {
    readonly loop: LoopName;
    readonly message: Parameters<Ports['wakes']['wake']>[1];
    readonly atMs: number;
  }[] = [];
  readonly published: { readonly detailType: string; readonly detail: object }[] = [];
  readonly warnings: string[] = [];
  readonly measured: { readonly of: MeasuredIn; readonly metric: CopyMetric; value: number }[] = [];
  readonly journal = new FakeJournal((effect, about) => {
    this.#step(effect, about);
  });
  readonly images = new FakeImages((effect, about) => {
    this.#step(effect, about);
  });
  readonly nativeReplication = new FakeNativeReplication((effect, about) => {
    this.#step(effect, about);
  });
  readonly imageUse = new FakeImageUse();
  readonly services = new FakeServices(
    () => this.nowMs,
    (effect, about) => {
      this.#step(effect, about);
    },
  );
  #ids = 0;
  #effectsUntilDeath = Infinity;
  #staysDead = false;

  /** The function dies before its n-th next effect; once. */
  dieBeforeEffect(count: number): void {
    this.#effectsUntilDeath = count;
  }

  /** From that effect on nothing happens, also where an error is caught; until it is revived. */
  stayDeadBeforeEffect(count: number): void {
    this.#effectsUntilDeath = count;
    this.#staysDead = true;
  }

  revive(): void {
    this.#effectsUntilDeath = Infinity;
    this.#staysDead = false;
  }

  advance(ms: number): void {
    this.nowMs += ms;
  }

  ports(region: string, overrides: Partial<Ports> = {}): Ports & { readonly meter: Meter } {
    return {
      region,
      accountId: '123456789012',
      clock: { nowMs: () => this.nowMs },
      ids: { next: () => `id-${(this.#ids += 1)}` },
      logger: { info: () => undefined, warn: (message) => void this.warnings.push(message) },
      journal: this.journal,
      images: this.images,
      imageUse: this.imageUse,
      repositories: this.images,
      nativeReplication: this.nativeReplication,
      services: this.services,
      notifier: {
        publish: (notice) => this.#keep('notify', notice.kind, () => this.notices.push(notice)),
      },
      wakes: {
        wake: (loop, message, delayMs) =>
          this.#keep('wake', loop, () =>
            this.wakes.push({ loop, message, atMs: this.nowMs + delayMs }),
          ),
      },
      events: {
        publish: (detailType, detail) =>
          this.#keep('publish', detailType, () => this.published.push({ detailType, detail })),
      },
      meter: {
        measure: (of, metric, value) => void this.measured.push({ of, metric, value }),
      },
      alarms: refusing('alarms'),
      latch: refusing('latch'),
      probes: refusing('probes'),
      hooks: refusing('hooks'),
      ...overrides,
    };
  }

  #keep(effect: string, about: string, change: () => unknown): Promise<void> {
    this.#step(effect, about);
    change();
    return Promise.resolve();
  }

  #step(effect: string, about: string): void {
    this.#effectsUntilDeath -= 1;
    if (this.#effectsUntilDeath <= 0) {
      if (!this.#staysDead) this.#effectsUntilDeath = Infinity;
      throw new Error(`died before ${effect} ${about}`);
    }
    this.effects.push(`${effect} ${about}`);
  }
}

function refusing(port: string): Alarms & Latch & Probes & Hooks {
  return new Proxy({} as Alarms & Latch & Probes & Hooks, {
    get(_target, member) {
      throw new Error(`this test set up no port "${port}", yet "${String(member)}" was used`);
    },
  });
}

function keyText({ partition, sort }: JournalKey): string {
  return `${partition}|${sort}`;
}
