import { digestOf } from '../core/image-uri.ts';
import type { DecisionRecord } from '../core/decision.ts';
import type { LoggedCall } from '../sandbox/call-log.ts';
import type { WorldView } from './world-view.ts';

/** One line of what happened. */
export interface TimelineEntry {
  /** Time since the beginning, ms. */
  readonly atMs: number;
  /** A region, or `world` for what belongs to none. */
  readonly lane: string;
  readonly kind: 'step' | 'decision' | 'effect' | 'notice' | 'traffic';
  readonly text: string;
}

/** A call of Farshore that succeeded. */
interface EffectiveCall {
  readonly atMs: number;
  readonly service: string;
  readonly operation: string;
  readonly region: string;
}

/** Which calls are counted. */
export interface CallQuery {
  readonly service: string;
  readonly operation?: string | undefined;
  readonly region?: string | undefined;
}

/** Writes down a rehearsal while it plays. */
export class Timeline {
  readonly #calls: EffectiveCall[] = [];
  readonly #counts = new WeakMap<CallQuery, { seen: number; count: number }>();
  readonly #view: WorldView;
  readonly #entries: TimelineEntry[] = [];
  readonly #answers = new Map<string, string>();

  constructor(view: WorldView) {
    this.#view = view;
    view.cloud.built.cloud.calls.onEnd((call, input) => {
      this.#called(call, input);
    });
  }

  step(text: string): void {
    this.#add({ lane: 'world', kind: 'step', text });
  }

  /** Looks where clients are led now; to be called each moment. */
  look(): void {
    for (const [app, { traffic }] of Object.entries(this.#view.cloud.fleet.applications)) {
      if (traffic === undefined) continue;
      const { region } = this.#view.answeredRegion(app, undefined);
      const before = this.#answers.get(app);
      this.#answers.set(app, region);
      if (before === region || before === undefined) continue;
      const text = `${traffic.record} leads to ${region} (before: ${before})`;
      this.#add({ lane: region, kind: 'traffic', text });
    }
  }

  /** Calls so far that a query means; each call is looked at once for each query. */
  countCalls(query: CallQuery, afterMs: number): number {
    const known = this.#counts.get(query) ?? { seen: 0, count: 0 };
    for (; known.seen < this.#calls.length; known.seen += 1) {
      const call = this.#calls[known.seen];
      if (call !== undefined && call.atMs >= afterMs && isMeant(query, call)) known.count += 1;
    }
    this.#counts.set(query, known);
    return known.count;
  }

  /** Everything so far, in order of time. */
  entries(): readonly TimelineEntry[] {
    const { startMs } = this.#view.cloud;
    const decisions = this.#view
      .records()
      .filter(({ atMs }) => atMs >= startMs)
      .map((record) => describeRecord(record, startMs));
    const notices = this.#view
      .notices()
      .filter(({ atMs }) => atMs >= startMs)
      .map(({ atMs, region, subject = '', attributes }): TimelineEntry => {
        const text = `${attributes['kind'] ?? ''}: ${subject}`;
        return { atMs: atMs - startMs, lane: region, kind: 'notice', text };
      });
    const all = [...this.#entries, ...decisions, ...notices];
    return all
      .map((entry, place) => ({ entry, place }))
      .sort((one, other) => one.entry.atMs - other.entry.atMs || one.place - other.place)
      .map(({ entry }) => entry);
  }

  #called(call: LoggedCall, input: object): void {
    const { service, operation, region, principal, outcome } = call;
    if (principal.roleArn === undefined || outcome !== 'ok') return;
    const atMs = this.#view.nowMs();
    this.#calls.push({ atMs, service, operation, region });
    const text = effects[`${service}:${operation}`]?.(input as Input);
    if (text === undefined) return;
    const from = principal.region === region ? '' : `, from ${principal.region ?? 'outside'}`;
    this.#add({ lane: region, kind: 'effect', text: `${text}${from}` });
  }

  #add(entry: Omit<TimelineEntry, 'atMs'>): void {
    this.#entries.push({ atMs: this.#view.nowMs(), ...entry });
  }
}

function isMeant({ service, operation, region }: CallQuery, call: EffectiveCall): boolean {
  if (call.service !== service || (operation ?? call.operation) !== call.operation) return false;
  return (region ?? call.region) === call.region;
}

type Input = Readonly<Record<string, unknown>>;

/** Calls that change the world, in words; undefined for those that tell a reader nothing. */
const effects: Readonly<Record<string, (input: Input) => string | undefined>> = {
  'ecs:UpdateService': ({ service, desiredCount, taskDefinition }) => {
    const parts = [
      ...(desiredCount === undefined ? [] : [`desired count ${text(desiredCount)}`]),
      ...(taskDefinition === undefined ? [] : [text(taskDefinition).split('/').at(-1) ?? '']),
    ];
    return `UpdateService ${text(service)}: ${parts.join(', ')}`;
  },
  'ecs:RegisterTaskDefinition': ({ family, containerDefinitions }) => {
    const [container] = (containerDefinitions ?? []) as readonly { readonly image?: string }[];
    const digest = digestOf(container?.image ?? '')?.slice(0, 19);
    return `RegisterTaskDefinition ${text(family)} with ${digest ?? container?.image ?? ''}`;
  },
  'ecr:PutImage': ({ repositoryName, imageTag }) =>
    imageTag === undefined ? undefined : `PutImage ${text(repositoryName)}:${text(imageTag)}`,
  's3:PutObject': ({ Key: key, Body: body }) => `latch ${text(key)}: ${text(body)}`,
  'lambda:Invoke': ({ FunctionName: name }) => `Invoke ${text(name)}`,
};

function text(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString();
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function describeRecord(record: DecisionRecord, startMs: number): TimelineEntry {
  const { loop, decision, outcome, region, atMs } = record;
  const { app, action, reason, subject } = decision;
  const end = outcome.status === 'done' ? '' : ` [${outcome.status}: ${outcome.text}]`;
  const about = subject.startsWith('sha256:') ? subject.slice(0, 19) : subject;
  const text = `${loop} ${app} (${about}): ${action}, ${reason.code}: ${reason.text}${end}`;
  return { atMs: atMs - startMs, lane: region, kind: 'decision', text };
}
