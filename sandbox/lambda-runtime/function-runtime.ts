/** A deployed function, as its runtime needs it. */
export interface FunctionSpec {
  readonly region: string;
  readonly name: string;
  readonly arn: string;
  /** Directory of the bundled asset: `index.mjs` and what lies beside it. */
  readonly codeDir: string;
  /** Module and export, such as `index.handler`. */
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly roleArn: string;
}

export interface InvocationOptions {
  /** World time at which the function is stopped. */
  readonly deadlineMs: number;
  readonly requestId: string;
}

/** What runs functions: worker threads beside the clock, or the same process in a rehearsal. */
export interface FunctionRuntime {
  /** @throws FunctionError when the function failed, whatever the way. */
  invoke(fn: FunctionSpec, payload: unknown, options: InvocationOptions): Promise<unknown>;
  stop(): Promise<void>;
}

/** A failed invocation, in the words in which Lambda tells its caller. */
export class FunctionError extends Error {
  readonly errorType: string;
  readonly trace: readonly string[];

  constructor(errorType: string, message: string, trace: readonly string[] = []) {
    super(message);
    this.name = 'FunctionError';
    this.errorType = errorType;
    this.trace = trace;
  }
}

/** The function did not answer within its timeout. */
export function timedOut(fn: FunctionSpec, requestId: string): FunctionError {
  const seconds = fn.timeoutSeconds.toFixed(2);
  const text = `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`;
  return new FunctionError('Sandbox.Timedout', text);
}

/** The function's process ended before it answered. */
export function exited(requestId: string, why: string): FunctionError {
  const text = `RequestId: ${requestId} Error: Runtime exited with error: ${why}`;
  return new FunctionError('Runtime.ExitError', text);
}
