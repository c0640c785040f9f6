import type { Concurrency, PutFunctionConcurrencyRequest } from '@aws-sdk/client-lambda';
import type { Operation } from '../../service-model.ts';
import type { LambdaModel } from './lambda-model.ts';

/** Limits how many invocations run at once; 0 stops a function. */
export function putFunctionConcurrency(
  model: LambdaModel,
): Operation<PutFunctionConcurrencyRequest, Concurrency> {
  return {
    resources: (input, call) => [model.arnOf(call.region, input.FunctionName)],
    handle: (input, call) => {
      const fn = model.functionOf(call.region, input.FunctionName);
      const reserved = input.ReservedConcurrentExecutions ?? 0;
      fn.reservedConcurrency = reserved;
      return { ReservedConcurrentExecutions: reserved };
    },
  };
}
