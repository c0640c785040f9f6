import type { World } from '../world.ts';
import { CallGate } from './call-gate.ts';
import type { CallFaults } from './call-gate.ts';
import { FunctionError, timedOut } from './function-runtime.ts';
import type { FunctionRuntime, FunctionSpec, InvocationOptions } from './function-runtime.ts';

/** A function as its code exports it. */
export type FunctionHandler = (event: unknown, context: object) => Promise<unknown>;

export interface InProcessOptions {
  readonly world: World;
  readonly faults: CallFaults;
  /** Composes a function for one execution environment; every call it makes goes by the gate. */
  readonly makeHandler: (fn: FunctionSpec, gate: CallGate) => FunctionHandler;
}

/** One execution environment: it takes one invocation at a time and is used again. */
interface Environment {
  readonly handler: FunctionHandler;
  readonly gate: CallGate;
}

/**
 * Runs functions in this process and in world time: no thread, no socket, no clock of the machine,
 * so that the same seed takes the same steps. The seed also says how long each call takes, and so
 * which of two functions at work goes on first.
 */
export class InProcessRuntime implements FunctionRuntime {
  readonly #options: InProcessOptions;
  readonly #idle = new Map<string, Environment[]>();

  constructor(options: InProcessOptions) {
    this.#options = options;
  }

  async invoke(fn: FunctionSpec, payload: unknown, options: InvocationOptions): Promise<unknown> {
    const { world } = this.#options;
    const environment = this.#idle.get(fn.arn)?.pop() ?? this.#start(fn);
    const { gate, handler } = environment;
    const death = new Promise<never>((_resolve, reject) => {
      gate.begin(options.requestId, reject);
    });
    const deadlineMs = world.nowMs() + fn.timeoutSeconds * 1_000;
    const cancel = this.#atDeadline(deadlineMs, gate, () => timedOut(fn, options.requestId));
    try {
      const running = handler(payload, contextOf(fn, { ...options, deadlineMs }, gate));
      return await Promise.race([running, death]);
    } catch (error) {
      throw asFunctionError(error);
    } finally {
      cancel();
      if (!gate.isDead) this.#keep(fn, environment);
    }
  }

  stop(): Promise<void> {
    this.#idle.clear();
    return Promise.resolve();
  }

  /** A frozen function's own clock stands still, so its time does not run out meanwhile. */
  #atDeadline(deadlineMs: number, gate: CallGate, error: () => Error): () => void {
    const { world } = this.#options;
    let cancel = (): void => undefined;
    const plan = (atMs: number): void => {
      cancel = world.after(atMs - world.nowMs(), 'lambda timeout', () => {
        const frozenUntilMs = gate.frozenUntilMs;
        if (frozenUntilMs > world.nowMs()) plan(frozenUntilMs + 1_000);
        else gate.kill(error());
      });
    };
    plan(deadlineMs);
    return () => {
      cancel();
    };
  }

  #start(fn: FunctionSpec): Environment {
    const gate = new CallGate(this.#options.world, this.#options.faults, fn);
    return { gate, handler: this.#options.makeHandler(fn, gate) };
  }

  #keep(fn: FunctionSpec, environment: Environment): void {
    const idle = this.#idle.get(fn.arn) ?? [];
    this.#idle.set(fn.arn, [...idle, environment]);
  }
}

function contextOf(fn: FunctionSpec, options: InvocationOptions, gate: CallGate): object {
  return {
    awsRequestId: options.requestId,
    functionName: fn.name,
    functionVersion: '$LATEST',
    invokedFunctionArn: fn.arn,
    memoryLimitInMB: String(fn.memoryMb),
    logGroupName: `/aws/lambda/${fn.name}`,
    logStreamName: '[$LATEST]local',
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, options.deadlineMs - gate.worldMs()),
  };
}

function asFunctionError(error: unknown): FunctionError {
  if (error instanceof FunctionError) return error;
  const { name, message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  return new FunctionError(name, message, stack.split('\n'));
}
