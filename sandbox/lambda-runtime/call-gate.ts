import type { World } from '../world.ts';
import { exited } from './function-runtime.ts';
import type { FunctionSpec } from './function-runtime.ts';

/** A call of a function, as faults are asked about it. */
export interface FunctionCall {
  readonly region: string;
  /** The function's short name, such as `sweep`. */
  readonly function: string;
  readonly service: string;
  readonly operation: string;
}

/** What may happen to a function between its calls. */
export interface CallFaults {
  /** Whether the function dies after this call had its effect. */
  killsAfter(call: FunctionCall): boolean;
  /** For how long it then stands still, in ms. */
  freezeMs(call: FunctionCall): number;
  /** How far its clock is ahead of the world's, in ms. */
  skewMs(region: string, functionName: string): number;
}

/** A call within AWS takes a few ms; the spread lets the seed order calls of a moment. */
const CALL_MS_MIN = 2;
const CALL_MS_SPREAD = 30;

/**
 * Stands before everything that a function of a rehearsal asks the world: each call takes a time
 * that the seed chooses, and after it the function may be dead or frozen.
 */
export class CallGate {
  readonly #world: World;
  readonly #faults: CallFaults;
  readonly #fn: FunctionSpec;
  readonly #name: string;
  #requestId = '';
  #end: (error: Error) => void = () => undefined;
  #isDead = false;
  #frozenUntilMs = 0;

  constructor(world: World, faults: CallFaults, fn: FunctionSpec) {
    this.#world = world;
    this.#faults = faults;
    this.#fn = fn;
    this.#name = shortName(fn);
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  get frozenUntilMs(): number {
    return this.#frozenUntilMs;
  }

  /** World time, whatever this function's own clock says. */
  worldMs(): number {
    return this.#world.nowMs();
  }

  /** This function's own clock, which faults may set wrong. */
  nowMs(): number {
    return this.#world.nowMs() + this.#faults.skewMs(this.#fn.region, this.#name);
  }

  /** @param end tells whoever waits for the function that it is dead */
  begin(requestId: string, end: (error: Error) => void): void {
    this.#requestId = requestId;
    this.#end = end;
  }

  /** Ends the function where it stands: none of its calls goes on from here. */
  kill(error: Error): void {
    this.#isDead = true;
    this.#end(error);
  }

  /** Runs one call when its time has come; a dead function never hears of the end of one. */
  async pass<Answer>(
    call: Pick<FunctionCall, 'service' | 'operation'>,
    run: () => Promise<Answer>,
  ): Promise<Answer> {
    await this.wait(CALL_MS_MIN + this.#world.random.integer(CALL_MS_SPREAD));
    try {
      return await run();
    } finally {
      await this.#suffer(call);
    }
  }

  async #suffer(call: Pick<FunctionCall, 'service' | 'operation'>): Promise<void> {
    const full = { ...call, region: this.#fn.region, function: this.#name };
    if (this.#faults.killsAfter(full)) {
      this.kill(exited(this.#requestId, 'signal: killed'));
    }
    const freezeMs = this.#faults.freezeMs(full);
    if (freezeMs > 0) {
      this.#frozenUntilMs = this.#world.nowMs() + freezeMs;
      await this.wait(freezeMs);
    }
    if (this.#isDead) await never;
  }

  /** Lets world time pass for this function, as a timeout or a pause before another try. */
  async wait(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#world.after(ms, 'call', resolve);
    });
    if (this.#isDead) await never;
  }
}

const never = new Promise<never>(() => undefined);

/** `farshore-shop-scale-service` is `scale-service`: names of fleets have no place in a fault. */
function shortName({ environment, name }: FunctionSpec): string {
  return environment['POWERTOOLS_SERVICE_NAME'] ?? name;
}
