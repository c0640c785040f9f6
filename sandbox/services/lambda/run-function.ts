import { copied } from '../../copied.ts';
import { FunctionError } from '../../lambda-runtime/function-runtime.ts';
import type { DeployedFunction } from './deployed-function.ts';
import { serviceException, tooManyRequests } from './lambda-errors.ts';
import type { LambdaModel } from './lambda-model.ts';

/** Runs a function once, counted against its concurrency and in its metrics. */
export async function runFunction(
  model: LambdaModel,
  fn: DeployedFunction,
  payload: unknown,
): Promise<unknown> {
  const { region } = fn.spec;
  if (!model.hub.isUp(region)) throw serviceException(region);
  if (fn.running >= (fn.reservedConcurrency ?? Infinity)) {
    count(model, fn, 'Throttles', 1);
    throw tooManyRequests();
  }
  const startedAtMs = model.world.nowMs();
  fn.running += 1;
  try {
    // A function gets a copy, as if it came over a wire.
    const result = await execute(model, fn, copied(payload));
    count(model, fn, 'Errors', 0);
    return copied(result);
  } catch (error) {
    count(model, fn, 'Errors', 1);
    throw asFunctionError(error);
  } finally {
    fn.running -= 1;
    count(model, fn, 'Invocations', 1);
    count(model, fn, 'Duration', model.world.nowMs() - startedAtMs);
  }
}

async function execute(
  model: LambdaModel,
  fn: DeployedFunction,
  payload: unknown,
): Promise<unknown> {
  if (fn.seeded !== undefined) return fn.seeded(payload);
  const { runtime } = model.options;
  if (runtime === undefined) {
    throw new Error(
      `Nothing runs ${fn.spec.name}: give LambdaModel a FunctionRuntime, or seed the function.`,
    );
  }
  return runtime.invoke(fn.spec, payload, {
    deadlineMs: model.world.nowMs() + fn.spec.timeoutSeconds * 1_000,
    requestId: model.world.random.uuid(),
  });
}

function asFunctionError(error: unknown): FunctionError {
  if (error instanceof FunctionError) return error;
  const { name, message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  return new FunctionError(name, message, stack.split('\n'));
}

function count(model: LambdaModel, fn: DeployedFunction, name: string, value: number): void {
  const dimensions = { FunctionName: fn.spec.name };
  model.hub.putMetric(fn.spec.region, { namespace: 'AWS/Lambda', name, dimensions, value });
}
