import type { Application } from '../../core/contract/fleet.ts';
import { journalAttributes, type JournalKey, journalKeys } from '../../core/contract/journal.ts';
import { names } from '../../core/contract/names.ts';
import type { FailoverState } from '../../core/failover/failover-state.ts';
import type { WorldView } from '../world-view.ts';
import { Sightings } from './sightings.ts';

type Input = Readonly<Record<string, unknown>>;

/** A call of one of Farshore's functions. */
export interface WatchedCall {
  /** Short name of the function, such as `scale-service`. */
  readonly function: string;
  /** Where the function runs. */
  readonly from: string;
  /** Where the call went. */
  readonly region: string;
  readonly input: Input;
}

/** The function that wrote to the journal, and where it runs. */
interface Writer {
  readonly by: string;
  readonly from: string;
}

/** A document of the journal that was written. */
export interface DocumentChange extends Writer {
  readonly key: JournalKey;
  readonly before: unknown;
  readonly after: unknown;
}

/** An application's state of failover, before and after one write. */
export interface FailoverChange {
  readonly app: string;
  readonly application: Application;
  readonly before: FailoverState;
  readonly after: FailoverState;
}

/** What invariants are told of a rehearsal: its moments, the calls of functions, the journal. */
export class Watched {
  readonly view: WorldView;
  /** What truly was so, and when it last was. */
  readonly sightings: Sightings;
  readonly #moments: (() => void)[] = [];
  readonly #calls = new Map<string, ((call: WatchedCall) => void)[]>();
  readonly #documents: ((change: DocumentChange) => void)[] = [];
  readonly #known = new Map<string, unknown>();
  readonly #functions = new Map<string, string>();

  constructor(view: WorldView) {
    this.view = view;
    this.sightings = new Sightings(view);
    const { cloud, models } = view.cloud.built;
    for (const region of cloud.regions) {
      for (const { spec } of models.lambda.functionsIn(region)) {
        this.#functions.set(spec.roleArn, spec.environment['POWERTOOLS_SERVICE_NAME'] ?? '');
      }
    }
    for (const { key, body } of view.documents()) this.#known.set(idOf(key), body);
    cloud.calls.onEnd(({ service, operation, region, principal, outcome }, input) => {
      const { roleArn, region: from = region } = principal;
      // A call that timed out may have had its effect: it was meant all the same.
      if (roleArn === undefined || !['ok', 'TimeoutError'].includes(outcome)) return;
      const what = `${service}:${operation}`;
      const name = this.#functions.get(roleArn) ?? '';
      if (what === 'dynamodb:PutItem') this.#written(input as Input, { by: name, from });
      const listeners = this.#calls.get(what);
      if (listeners === undefined) return;
      for (const tell of listeners) tell({ function: name, from, region, input: input as Input });
    });
  }

  /** Once a second of world time. */
  look(): void {
    this.sightings.look();
    for (const look of this.#moments) look();
  }

  onMoment(look: () => void): void {
    this.#moments.push(look);
  }

  /** @param what service and operation, such as `ecs:UpdateService` */
  onCall(what: string, tell: (call: WatchedCall) => void): void {
    this.#calls.set(what, [...(this.#calls.get(what) ?? []), tell]);
  }

  onDocument(tell: (change: DocumentChange) => void): void {
    this.#documents.push(tell);
  }

  /** Each write of an application's state of failover. */
  onFailover(tell: (change: FailoverChange) => void): void {
    const apps = Object.entries(this.view.cloud.fleet.applications);
    const before = new Map(apps.map(([app]) => [app, this.view.failover(app)]));
    this.onDocument(({ key }) => {
      const found = apps.find(([app]) => idOf(journalKeys.failover(app)) === idOf(key));
      if (found === undefined) return;
      const [app, application] = found;
      const after = this.view.failover(app);
      const last = before.get(app) ?? after;
      before.set(app, after);
      tell({ app, application, before: last, after });
    });
  }

  #written({ TableName: table, Item: item }: Input, writer: Writer): void {
    if (table !== names.journalTable(this.view.cloud.fleet.name)) return;
    const values = item as Readonly<Record<string, { readonly S?: string }>>;
    const partition = values[journalAttributes.partition]?.S ?? '';
    const sort = values[journalAttributes.sort]?.S ?? '';
    const key = { partition, sort };
    const id = idOf(key);
    const [before, after] = [this.#known.get(id), this.view.document(key)];
    if (before === after) return;
    this.#known.set(id, after);
    for (const tell of this.#documents) tell({ ...writer, key, before, after });
  }
}

function idOf({ partition, sort }: JournalKey): string {
  return `${partition} ${sort}`;
}
