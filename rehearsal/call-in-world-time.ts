import type { Answer, AwsCommand, Patience } from '../aws/clients.ts';
import type { ClientPlace } from '../aws/name-the-call.ts';
import type { Cloud } from '../sandbox/cloud.ts';
import { answerCommand, serviceOf } from '../sandbox/embed.ts';
import { UnreachableError } from '../sandbox/faults.ts';
import type { CallGate } from '../sandbox/lambda-runtime/call-gate.ts';
import type { Principal } from '../sandbox/service-model.ts';

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
  readonly gate: CallGate;
  readonly tamper: Tamper | undefined;
}

/**
 * Answers the calls of one function through the embedded door, in world time: each takes its time,
 * a silent region takes the client's timeout, and what may be tried again is, as the SDK does.
 */
export function callInWorldTime(
  cloud: Cloud,
  { principal, gate, tamper }: Caller,
): (place: ClientPlace, patience: Patience) => Answer {
  return ({ region }, { attempts, connectMs }) => {
    const ask = (command: AwsCommand) => answerCommand(cloud, { principal, region }, command);
    return async (command) => {
      const [, namespace, operation] = command.schema;
      const call = { service: serviceOf(namespace), operation };
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await gate.pass(call, () => tampered(tamper, call, command, ask));
        } catch (error) {
          if (error instanceof UnreachableError) await gate.wait(connectMs);
          if (attempt >= attempts || !isPassing(error)) throw error;
          const baseMs = isThrottled(error) ? THROTTLED_BACKOFF_MS : BACKOFF_MS;
          await gate.wait(cloud.world.random.next() * baseMs * 2 ** (attempt - 1));
        }
      }
    };
  };
}

async function tampered(
  tamper: Tamper | undefined,
  call: { readonly service: string; readonly operation: string },
  command: AwsCommand,
  ask: (command: AwsCommand) => Promise<object>,
): Promise<object> {
  if (tamper === undefined) return ask(command);
  const { schema } = command;
  return (await tamper(call, command.input, (input) => ask({ schema, input }))) as object;
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
