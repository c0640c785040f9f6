import type { ClientPlugin } from '../aws/clients.ts';
import type { Cloud } from '../sandbox/cloud.ts';
import { embed } from '../sandbox/embed.ts';
import { UnreachableError } from '../sandbox/faults.ts';
import type { CallGate } from '../sandbox/lambda-runtime/call-gate.ts';
import type { Principal } from '../sandbox/service-model.ts';

/** How patient the clients of `aws/clients.ts` are; times in ms. */
interface Patience {
  readonly attempts: number;
  readonly timeoutMs: number;
}

const usual: Patience = { attempts: 3, timeoutMs: 2_000 };
const patiences = new Map<string, Patience>([
  ['DynamoDB', { attempts: 2, timeoutMs: 1_000 }],
  ['Lambda', { attempts: 1, timeoutMs: 2_000 }],
]);

/** The SDK waits a random part of this before its next attempt, doubled each time, in ms. */
const BACKOFF_MS = 100;
const THROTTLED_BACKOFF_MS = 500;

const throttling = /Throttl|TooManyRequests|SlowDown|LimitExceeded|PriorRequestNotComplete/;

/**
 * Breaks a function on purpose, to see that the checks find it out: stands between the function
 * and its call. Only tests have one.
 */
export type Tamper = (
  call: { readonly service: string; readonly operation: string },
  input: object,
  run: (input: object) => Promise<unknown>,
) => Promise<unknown>;

interface Caller {
  readonly principal: Principal;
  readonly region: string;
  readonly gate: CallGate;
  readonly tamper: Tamper | undefined;
}

/**
 * Answers the calls of one function through the embedded door, in world time: each takes its time,
 * a silent region takes the client's timeout, and what may be tried again is, as the SDK does.
 */
export function callInWorldTime(
  cloud: Cloud,
  { principal, region, gate, tamper }: Caller,
): ClientPlugin {
  const door = embed(cloud, { principal, region });
  return {
    applyToStack: (stack) => {
      stack.add(
        (next, context) => async (args) => {
          const service = (context.clientName ?? '').replace(/Client$/, '');
          const operation = (context.commandName ?? '').replace(/Command$/, '');
          const call = { service: service.toLowerCase(), operation };
          const { attempts, timeoutMs } = patiences.get(service) ?? usual;
          for (let attempt = 1; ; attempt += 1) {
            try {
              return await gate.pass(call, () =>
                tampered(tamper, call, args.input, (input) => next({ ...args, input })),
              );
            } catch (error) {
              if (error instanceof UnreachableError) await gate.wait(timeoutMs);
              if (attempt >= attempts || !isPassing(error)) throw error;
              const baseMs = isThrottled(error) ? THROTTLED_BACKOFF_MS : BACKOFF_MS;
              await gate.wait(cloud.world.random.next() * baseMs * 2 ** (attempt - 1));
            }
          }
        },
        { step: 'initialize', name: 'farshoreWorldTime', priority: 'low' },
      );
      door.applyToStack(stack);
    },
  };
}

async function tampered<Input extends object, Result>(
  tamper: Tamper | undefined,
  call: { readonly service: string; readonly operation: string },
  input: Input,
  run: (input: Input) => Promise<Result>,
): Promise<Result> {
  if (tamper === undefined) return run(input);
  return (await tamper(call, input, (other) => run(other as Input))) as Result;
}

/** What the SDK's standard retry mode tries again. */
function isPassing(error: unknown): boolean {
  if (error instanceof UnreachableError || isThrottled(error)) return true;
  const { $metadata } = error as { readonly $metadata?: { readonly httpStatusCode?: number } };
  return ($metadata?.httpStatusCode ?? 0) >= 500;
}

function isThrottled(error: unknown): boolean {
  return error instanceof Error && throttling.test(error.name);
}
