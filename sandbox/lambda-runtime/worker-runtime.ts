import type { World } from '../world.ts';
import { functionEnvironment, type FunctionCredentials } from './function-environment.ts';
import {
  exited,
  timedOut,
  type FunctionRuntime,
  type FunctionSpec,
  type InvocationOptions,
} from './function-runtime.ts';
import { FunctionWorker } from './function-worker.ts';
import { LAG_MS, type WorldClock } from './worker-messages.ts';

export interface FunctionLog {
  readonly region: string;
  readonly functionName: string;
  readonly line: string;
}

export interface WorkerRuntimeOptions {
  readonly world: World;
  /** World seconds per second of the machine. */
  readonly speed: () => number;
  /** Such as `http://127.0.0.1:4566`. */
  readonly gatewayUrl: () => string;
  /** Port of the local cloud's DNS; without one no name is found. */
  readonly dnsPort?: () => number | undefined;
  /** Keys that stand for the function's role. */
  readonly credentialsFor: (fn: FunctionSpec) => FunctionCredentials;
  readonly onLog: (log: FunctionLog) => void;
  /** Invocations of one function at once; the rest waits. */
  readonly workersPerFunctionMax?: number;
  /** Workers of all functions kept warm: each is some 20 MB of memory. */
  readonly idleWorkersMax?: number;
}

const WORKERS_PER_FUNCTION_MAX = 3;
const IDLE_WORKERS_MAX = 8;

/** The discard port, where nothing answers on this machine. */
const NO_DNS_PORT = 9;

/** Runs the bundles as they were built for Lambda, in worker threads that are used again. */
export class WorkerRuntime implements FunctionRuntime {
  readonly #options: WorkerRuntimeOptions;
  readonly #all = new Set<FunctionWorker>();
  /** The longest idle first. */
  #idle: FunctionWorker[] = [];
  readonly #queue: { readonly fn: FunctionSpec; readonly go: () => void }[] = [];
  readonly #running = new Set<{ readonly atMs: number }>();
  #isStopped = false;

  constructor(options: WorkerRuntimeOptions) {
    this.#options = options;
  }

  async invoke(fn: FunctionSpec, payload: unknown, options: InvocationOptions): Promise<unknown> {
    const started = { atMs: performance.now() };
    this.#running.add(started);
    try {
      return await this.#invoke(fn, payload, options);
    } finally {
      this.#running.delete(started);
    }
  }

  /** Whether an invocation takes so long that the world must wait for it. */
  isLagging(): boolean {
    const nowMs = performance.now();
    return [...this.#running].some(({ atMs }) => nowMs - atMs > LAG_MS);
  }

  async #invoke(fn: FunctionSpec, payload: unknown, options: InvocationOptions): Promise<unknown> {
    const worker = await this.#acquire(fn, options.requestId);
    const { world } = this.#options;
    // A function computes at the machine's speed however fast the world's time passes.
    const timeoutMs = fn.timeoutSeconds * 1_000 * Math.max(1, this.#options.speed());
    const cancel = world.after(timeoutMs, `lambda ${fn.name} times out`, () =>
      worker.kill((requestId) => timedOut(fn, requestId)),
    );
    try {
      return await worker.invoke({
        requestId: options.requestId,
        payload: JSON.stringify(payload ?? null),
        clock: this.#clock(),
        // As in Lambda, waiting for a worker and loading the module take nothing off the time.
        deadlineMs: Math.max(options.deadlineMs, world.nowMs() + timeoutMs),
        functionName: fn.name,
        functionArn: fn.arn,
        memoryMb: fn.memoryMb,
      });
    } finally {
      cancel();
      this.#release(worker);
    }
  }

  /** Kills one worker of a function, a busy one if there is one; false when it has none. */
  async killOne(functionName: string, region?: string): Promise<boolean> {
    const own = [...this.#all].filter(
      ({ fn }) => fn.name === functionName && (region === undefined || fn.region === region),
    );
    const victim = own.find((worker) => worker.isBusy) ?? own[0];
    await victim?.kill((requestId) => exited(requestId, 'signal: killed'));
    return victim !== undefined;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const { go } of this.#queue.splice(0)) go();
    await Promise.all([...this.#all].map((worker) => worker.kill(stopped)));
  }

  async #acquire(fn: FunctionSpec, requestId: string): Promise<FunctionWorker> {
    for (;;) {
      if (this.#isStopped) throw stopped(requestId);
      const warm = this.#idle.find((worker) => worker.fn.arn === fn.arn);
      if (warm !== undefined) {
        this.#idle = this.#idle.filter((worker) => worker !== warm);
        return warm;
      }
      const own = [...this.#all].filter((worker) => worker.fn.arn === fn.arn);
      const max = this.#options.workersPerFunctionMax ?? WORKERS_PER_FUNCTION_MAX;
      if (own.length < max) return this.#start(fn, requestId);
      await new Promise<void>((go) => this.#queue.push({ fn, go }));
    }
  }

  async #start(fn: FunctionSpec, requestId: string): Promise<FunctionWorker> {
    const { gatewayUrl, dnsPort, credentialsFor, onLog } = this.#options;
    const { codeDir, handler, region } = fn;
    const dnsServer = `127.0.0.1:${dnsPort?.() ?? NO_DNS_PORT}`;
    const worker = new FunctionWorker({
      fn,
      settings: {
        ...{ codeDir, handler, region, dnsServer },
        gatewayUrl: gatewayUrl(),
        clock: this.#clock(),
      },
      environment: functionEnvironment(fn, credentialsFor(fn), gatewayUrl()),
      onLine: (line) => {
        onLog({ region, functionName: fn.name, line });
      },
      onExit: () => {
        this.#forget(worker);
      },
    });
    this.#all.add(worker);
    try {
      await worker.ready(requestId);
      return worker;
    } catch (error) {
      await worker.kill((id) => exited(id, 'the module did not load'));
      throw error;
    }
  }

  #release(worker: FunctionWorker): void {
    if (worker.isDead || this.#isStopped) return;
    this.#idle.push(worker);
    this.#letNextGo(worker.fn);
    const max = this.#options.idleWorkersMax ?? IDLE_WORKERS_MAX;
    const [oldest] = this.#idle;
    if (this.#idle.length <= max || oldest === undefined) return;
    this.#idle.shift();
    void oldest.kill((requestId) => exited(requestId, 'idle'));
  }

  #forget(worker: FunctionWorker): void {
    this.#all.delete(worker);
    this.#idle = this.#idle.filter((other) => other !== worker);
    this.#letNextGo(worker.fn);
  }

  #letNextGo(fn: FunctionSpec): void {
    const index = this.#queue.findIndex((entry) => entry.fn.arn === fn.arn);
    if (index === -1) return;
    for (const { go } of this.#queue.splice(index, 1)) go();
  }

  #clock(): WorldClock {
    return { nowMs: this.#options.world.nowMs(), speed: this.#options.speed() };
  }
}

function stopped(requestId: string): Error {
  return exited(requestId, 'the local cloud stops');
}
