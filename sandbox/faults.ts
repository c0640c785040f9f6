import { throttlingCode } from './service-errors.ts';
import { ServiceError } from './service-model.ts';
import type { World } from './world.ts';

/** A place that calls come from or go to; `internet` is outside of AWS. */
type Place = string;

/** Something to break on purpose. */
export type FaultSpec =
  /** Nothing in the region works, and nothing reaches it. */
  | { readonly kind: 'region-down'; readonly region: string }
  /** Global services with their control plane in this region refuse; with `service`, that one. */
  | { readonly kind: 'control-plane-down'; readonly region: string; readonly service?: string }
  /** Nothing gets from `region` to `to`, and unless `oneWay` nothing the other way. */
  | {
      readonly kind: 'link-cut';
      readonly region: Place;
      readonly to: Place;
      readonly oneWay?: boolean;
    }
  /** Calls answer "rate exceeded". */
  | ({ readonly kind: 'api-throttle' } & CallMatch)
  /** Calls take so many ms of world time longer. */
  | ({ readonly kind: 'latency'; readonly ms: number } & CallMatch)
  /** Operations run, but their callers never hear of it. */
  | ({ readonly kind: 'lost-response' } & CallMatch)
  /** Calls answer "internal error". */
  | ({ readonly kind: 'api-error' } & CallMatch)
  /** Events of AWS services never come, as where AWS promises best effort only. */
  | ({ readonly kind: 'event-drop' } & EventMatch)
  /** Events come twice, under two ids. */
  | ({ readonly kind: 'event-duplicate' } & EventMatch)
  /** Events come up to this much later, each by its own delay, so also out of order. */
  | ({ readonly kind: 'event-delay'; readonly ms: number } & EventMatch)
  /** A function dies after a call whose effect stays. */
  | ({ readonly kind: 'function-kill' } & FunctionMatch)
  /** A function stands still after a call and then goes on as if nothing had been. */
  | ({ readonly kind: 'function-freeze'; readonly ms: number } & FunctionMatch)
  /** The clock of functions is ahead by this much; behind when negative. */
  | ({ readonly kind: 'clock-skew'; readonly ms: number } & Pick<FunctionMatch, PlaceOfFunction>)
  /** No datapoint of a metric namespace arrives. */
  | { readonly kind: 'metric-gap'; readonly region: string; readonly namespace?: string }
  /** No task can be placed. */
  | { readonly kind: 'no-capacity'; readonly region: string };

type PlaceOfFunction = 'region' | 'function';

interface EventMatch {
  readonly region: string;
  /** Such as `aws.ecr`; every source when left out. */
  readonly source?: string;
  readonly rate?: number;
}

interface FunctionMatch {
  readonly region: string;
  /** Short name, such as `fail-over-region`; every function when left out. */
  readonly function?: string;
  /** The call after which it happens; after any when left out. */
  readonly service?: string;
  readonly operation?: string;
  readonly rate?: number;
}

interface CallMatch {
  readonly region: string;
  /** Every service when left out. */
  readonly service?: string;
  readonly operation?: string;
  /** Share of calls that are hit, 0 to 1; all when left out. */
  readonly rate?: number;
}

interface Target {
  readonly region: string;
  readonly service: string;
  readonly operation: string;
}

/** What a function just called. */
interface FunctionCall {
  readonly region: string;
  readonly function: string;
  readonly service: string;
  readonly operation: string;
}

type EventFault = Extract<
  Fault,
  { readonly kind: 'event-drop' | 'event-duplicate' | 'event-delay' }
>;

function isEventFault(fault: Fault): fault is EventFault {
  return ['event-drop', 'event-duplicate', 'event-delay'].includes(fault.kind);
}

/** A fault that is in force. */
export type Fault = FaultSpec & { readonly id: string; readonly sinceMs: number };

/** No answer came: what a caller sees as a timeout or a reset connection. */
export class UnreachableError extends Error {
  /** The SDK's retry strategy takes this name for a passing network failure. */
  override readonly name = 'TimeoutError';
  readonly code = 'ECONNRESET';
}

/** What is broken at the moment, and what that means for a call or a packet. */
export class Faults {
  readonly #world: World;
  #active: readonly Fault[] = [];
  #count = 0;
  #listeners: readonly (() => void)[] = [];

  constructor(world: World) {
    this.#world = world;
  }

  /** Breaks something; the id of the answer is what `clear` takes. */
  add(spec: FaultSpec): Fault {
    const id = `fault-${++this.#count}`;
    const fault: Fault = { ...spec, id, sinceMs: this.#world.nowMs() };
    this.#active = [...this.#active, fault];
    this.#changed();
    return fault;
  }

  list(): readonly Fault[] {
    return this.#active;
  }

  /** Mends one fault or all; returns how many were mended. */
  clear(id: string): number {
    const before = this.#active.length;
    this.#active = id === 'all' ? [] : this.#active.filter((fault) => fault.id !== id);
    this.#changed();
    return before - this.#active.length;
  }

  /** Is told after every change. */
  onChange(listener: () => void): void {
    this.#listeners = [...this.#listeners, listener];
  }

  /** Whether anything in this region works. */
  isUp(region: string): boolean {
    return !this.#active.some((fault) => fault.kind === 'region-down' && fault.region === region);
  }

  /** Whether a request gets from one place to another and its answer back. */
  canReach(from: Place | undefined, to: Place | undefined): boolean {
    const source = from ?? 'internet';
    const target = to ?? 'internet';
    if (!this.isUp(source) || !this.isUp(target)) return false;
    return !this.#active.some((fault) => {
      if (fault.kind !== 'link-cut') return false;
      if (fault.region === source && fault.to === target) return true;
      return fault.oneWay !== true && fault.region === target && fault.to === source;
    });
  }

  /**
   * Lets a call pass or throws what its caller would see.
   * @param isGlobal whether the service has one control plane for all regions
   */
  refuse(target: Target, from: string | undefined, isGlobal: boolean): void {
    const { region, service, operation } = target;
    if (!this.canReach(from, region)) {
      const place = from ?? 'the internet';
      throw new UnreachableError(`${service} in ${region} does not answer ${place}`);
    }
    if (this.#isControlPlaneDown(target, isGlobal)) {
      throw new ServiceError('ServiceUnavailable', `The control plane of ${service} is down.`, {
        httpStatus: 503,
      });
    }
    if (this.#hits('api-error', target)) {
      throw new ServiceError('InternalServerError', `${service} failed at ${operation}.`, {
        httpStatus: 500,
      });
    }
    if (this.#hits('api-throttle', target)) {
      const code = throttlingCode(service);
      throw new ServiceError(code, `Rate exceeded for ${operation}`, {
        httpStatus: code === 'SlowDown' ? 503 : 400,
      });
    }
  }

  latencyMs(target: Target): number {
    const delays = this.#active.map((fault) =>
      fault.kind === 'latency' && this.#matches(fault, target) ? fault.ms : 0,
    );
    return delays.reduce((sum, delay) => sum + delay, 0);
  }

  losesResponse(target: Target): boolean {
    return this.#hits('lost-response', target);
  }

  /** Lets an event of an AWS service come: once, twice, later or never. */
  passEvent(region: string, source: string, put: () => void): void {
    const hits = this.#active.filter((fault) => {
      if (!isEventFault(fault) || fault.region !== region) return false;
      const isMeant = fault.source === undefined || fault.source === source;
      return isMeant && this.#strikes(fault.rate);
    });
    if (hits.some(({ kind }) => kind === 'event-drop')) return;
    const delays = hits.map((fault) => (fault.kind === 'event-delay' ? fault.ms : 0));
    const times = hits.some(({ kind }) => kind === 'event-duplicate') ? 2 : 1;
    const delayMs = Math.max(0, ...delays);
    for (let time = 0; time < times; time += 1) {
      if (delayMs === 0) put();
      else this.#world.after(this.#world.random.next() * delayMs, `late ${source} event`, put);
    }
  }

  losesMetric(region: string, namespace: string): boolean {
    return this.#active.some(
      (fault) =>
        fault.kind === 'metric-gap' &&
        fault.region === region &&
        (fault.namespace === undefined || fault.namespace === namespace),
    );
  }

  hasCapacity(region: string): boolean {
    return !this.#active.some((fault) => fault.kind === 'no-capacity' && fault.region === region);
  }

  killsAfter(call: FunctionCall): boolean {
    return this.#active.some(
      (fault) => fault.kind === 'function-kill' && this.#matchesFunction(fault, call),
    );
  }

  freezeMs(call: FunctionCall): number {
    const times = this.#active.map((fault) =>
      fault.kind === 'function-freeze' && this.#matchesFunction(fault, call) ? fault.ms : 0,
    );
    return Math.max(0, ...times);
  }

  skewMs(region: string, functionName: string): number {
    const skews = this.#active.map((fault) => {
      if (fault.kind !== 'clock-skew' || fault.region !== region) return 0;
      return fault.function === undefined || fault.function === functionName ? fault.ms : 0;
    });
    return skews.reduce((sum, skew) => sum + skew, 0);
  }

  #isControlPlaneDown(target: Target, isGlobal: boolean): boolean {
    return this.#active.some((fault) => {
      if (fault.kind !== 'control-plane-down' || fault.region !== target.region) return false;
      return fault.service === undefined ? isGlobal : fault.service === target.service;
    });
  }

  #hits(kind: 'api-throttle' | 'api-error' | 'lost-response', target: Target): boolean {
    return this.#active.some((fault) => fault.kind === kind && this.#matches(fault, target));
  }

  #matches(match: CallMatch, target: Target): boolean {
    return (
      match.region === target.region &&
      (match.service === undefined || match.service === target.service) &&
      (match.operation === undefined || match.operation === target.operation) &&
      this.#strikes(match.rate)
    );
  }

  #matchesFunction(match: FunctionMatch, call: FunctionCall): boolean {
    return (
      match.region === call.region &&
      (match.function === undefined || match.function === call.function) &&
      (match.service === undefined || match.service === call.service) &&
      (match.operation === undefined || match.operation === call.operation) &&
      this.#strikes(match.rate)
    );
  }

  #strikes(rate: number | undefined): boolean {
    return rate === undefined || this.#world.random.next() < rate;
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
