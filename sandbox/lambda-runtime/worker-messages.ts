/** What a worker is told when it starts. */
export interface WorkerSettings {
  readonly codeDir: string;
  readonly handler: string;
  readonly region: string;
  readonly gatewayUrl: string;
  /** Such as `127.0.0.1:5353`; every name is asked there. */
  readonly dnsServer: string;
  readonly clock: WorldClock;
}

/** An invocation that takes longer than this of the machine's time holds the world back, in ms. */
export const LAG_MS = 200;

/**
 * World time at one moment; it goes on from there at this speed beside the machine's clock, and
 * once the invocation holds the world back, no faster than that clock.
 */
export interface WorldClock {
  readonly nowMs: number;
  /** World seconds per second of the machine. */
  readonly speed: number;
}

/** One invocation, to the worker. */
export interface InvokeMessage {
  readonly requestId: string;
  readonly payload: string;
  readonly clock: WorldClock;
  readonly deadlineMs: number;
  readonly functionName: string;
  readonly functionArn: string;
  readonly memoryMb: number;
}

/** What a worker says: that its module is loaded, or how an invocation ended. */
export type WorkerMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'result'; readonly payload: string | undefined }
  | {
      readonly kind: 'failed';
      readonly errorType: string;
      readonly message: string;
      readonly trace: readonly string[];
    };
