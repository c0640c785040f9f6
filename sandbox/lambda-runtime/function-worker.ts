import type { Readable } from 'node:stream';
import { Worker } from 'node:worker_threads';
import { exited, FunctionError, type FunctionSpec } from './function-runtime.ts';
import type { InvokeMessage, WorkerMessage, WorkerSettings } from './worker-messages.ts';

interface Waiting {
  readonly requestId: string;
  readonly resolve: (message: WorkerMessage) => void;
  readonly reject: (error: Error) => void;
}

export interface FunctionWorkerOptions {
  readonly fn: FunctionSpec;
  readonly settings: WorkerSettings;
  readonly environment: Record<string, string>;
  readonly onLine: (line: string) => void;
  readonly onExit: () => void;
}

/** One execution environment of a function: a thread that takes one invocation at a time. */
export class FunctionWorker {
  readonly fn: FunctionSpec;
  readonly #worker: Worker;
  #waiting: Waiting | undefined;
  #early: WorkerMessage | undefined;
  #death: Error | undefined;

  constructor({ fn, settings, environment, onLine, onExit }: FunctionWorkerOptions) {
    this.fn = fn;
    this.#worker = new Worker(new URL('./worker-bootstrap.ts', import.meta.url), {
      env: environment,
      workerData: settings,
      execArgv: [],
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: fn.memoryMb },
    });
    forwardLines(this.#worker.stdout, onLine);
    forwardLines(this.#worker.stderr, onLine);
    this.#worker.on('message', (message: WorkerMessage) => {
      if (this.#waiting === undefined) this.#early = message;
      else this.#take().resolve(message);
    });
    this.#worker.on('error', (error) => {
      this.#die(asFunctionError(error));
    });
    this.#worker.on('exit', (code) => {
      this.#die(exited(this.#waiting?.requestId ?? '', `exit status ${code}`));
      onExit();
    });
  }

  get isBusy(): boolean {
    return this.#waiting !== undefined;
  }

  /** Whether it ended or is about to. */
  get isDead(): boolean {
    return this.#death !== undefined;
  }

  /** Waits until the function's module is loaded. */
  async ready(requestId: string): Promise<void> {
    const early = this.#early;
    this.#early = undefined;
    resultOf(early ?? (await this.#next(requestId)));
  }

  async invoke(message: InvokeMessage): Promise<unknown> {
    const answer = this.#next(message.requestId);
    this.#worker.postMessage(message);
    return resultOf(await answer);
  }

  /** Ends the thread at once; an invocation under way fails with this error. */
  async kill(errorOf: (requestId: string) => Error): Promise<void> {
    this.#die(errorOf(this.#waiting?.requestId ?? ''));
    await this.#worker.terminate();
  }

  #next(requestId: string): Promise<WorkerMessage> {
    if (this.#death !== undefined) return Promise.reject(this.#death);
    return new Promise((resolve, reject) => {
      this.#waiting = { requestId, resolve, reject };
    });
  }

  #take(): Waiting {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) throw new Error('nothing waits for the worker');
    return waiting;
  }

  #die(error: Error): void {
    this.#death ??= error;
    if (this.#waiting !== undefined) this.#take().reject(this.#death);
  }
}

function resultOf(message: WorkerMessage): unknown {
  if (message.kind === 'ready') return undefined;
  if (message.kind === 'failed') {
    throw new FunctionError(message.errorType, message.message, message.trace);
  }
  return message.payload === undefined ? undefined : (JSON.parse(message.payload) as unknown);
}

function asFunctionError(error: unknown): FunctionError {
  if (!(error instanceof Error)) return new FunctionError('Runtime.Unknown', String(error));
  const isMemory = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
  const type = isMemory ? 'Runtime.OutOfMemory' : 'Runtime.UnhandledPromiseRejection';
  return new FunctionError(type, error.message, (error.stack ?? '').split('\n'));
}

function forwardLines(stream: Readable, onLine: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
  stream.on('end', () => {
    if (rest !== '') onLine(rest);
  });
}
