import type { InvocationRequest, InvocationResponse } from '@aws-sdk/client-lambda';
import { FunctionError } from '../../lambda-runtime/function-runtime.ts';
import { ServiceError, type Operation } from '../../service-model.ts';
import { messageOf } from '../../../core/errors.ts';
import type { DeployedFunction } from './deployed-function.ts';
import { invalidParameter, refuseParameters, serviceException } from './lambda-errors.ts';
import type { LambdaModel } from './lambda-model.ts';
import { runFunction } from './run-function.ts';

/** A synchronous payload may be 6 MB, an asynchronous one 1 MB. */
const PAYLOAD_BYTES_MAX = { RequestResponse: 6_291_456, Event: 1_048_576, DryRun: 6_291_456 };

/** Lambda runs a failed asynchronous invocation again after one minute and after two. */
const RETRY_DELAYS_MS = [60_000, 120_000];

/** Runs a function: waits for its answer, or only queues it, or only checks that it may. */
export function invoke(model: LambdaModel): Operation<InvocationRequest, InvocationResponse> {
  return {
    action: 'lambda:InvokeFunction',
    resources: (input, call) => [model.arnOf(call.region, input.FunctionName)],
    handle: async (input, call) => {
      refuseParameters(input, ['ClientContext', 'DurableExecutionName', 'TenantId']);
      if (input.LogType === 'Tail') throw invalidParameter('The local cloud has no LogType Tail.');
      if ((input.Qualifier ?? '$LATEST') !== '$LATEST') {
        throw invalidParameter('The local cloud has no versions and aliases of functions.');
      }
      const fn = model.functionOf(call.region, input.FunctionName);
      const type = input.InvocationType ?? 'RequestResponse';
      const payload = payloadOf(input.Payload, PAYLOAD_BYTES_MAX[type]);
      if (type === 'DryRun') return { StatusCode: 204 };
      if (type === 'Event') {
        if (!model.hub.isUp(call.region)) throw serviceException(call.region);
        runLater(model, fn, payload, 0);
        return { StatusCode: 202 };
      }
      return answer(() => runFunction(model, fn, payload));
    },
  };
}

async function answer(run: () => Promise<unknown>): Promise<InvocationResponse> {
  const done = { StatusCode: 200, ExecutedVersion: '$LATEST' };
  try {
    return { ...done, Payload: bytesOf((await run()) ?? null) };
  } catch (error) {
    if (!(error instanceof FunctionError)) throw error;
    const { errorType, message: errorMessage, trace } = error;
    const payload = { errorType, errorMessage, ...(trace.length > 0 && { trace }) };
    return { ...done, FunctionError: 'Unhandled', Payload: bytesOf(payload) };
  }
}

function runLater(
  model: LambdaModel,
  fn: DeployedFunction,
  payload: unknown,
  attempt: number,
): void {
  const delayMs = attempt === 0 ? 0 : (RETRY_DELAYS_MS[attempt - 1] ?? 0);
  model.world.after(delayMs, `lambda ${fn.spec.name} asynchronous`, async () => {
    try {
      await runFunction(model, fn, payload);
    } catch (error) {
      const isFinal = attempt >= RETRY_DELAYS_MS.length;
      if (!isFinal) runLater(model, fn, payload, attempt + 1);
      else if (!(error instanceof FunctionError || error instanceof ServiceError)) throw error;
    }
  });
}

function payloadOf(bytes: Uint8Array | undefined, bytesMax: number): unknown {
  if (bytes === undefined || bytes.length === 0) return {};
  if (bytes.length > bytesMax) {
    throw new ServiceError(
      'RequestTooLargeException',
      `Request must be smaller than ${bytesMax} bytes for the InvokeFunction operation`,
      { httpStatus: 413, members: { Type: 'User' } },
    );
  }
  try {
    return JSON.parse(Buffer.from(bytes).toString()) as unknown;
  } catch (error) {
    throw new ServiceError(
      'InvalidRequestContentException',
      `Could not parse request body into json: ${messageOf(error)}`,
      { members: { Type: 'User' } },
    );
  }
}

function bytesOf(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}
