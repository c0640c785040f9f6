import type {
  FunctionConfiguration,
  GetFunctionConfigurationRequest,
  GetFunctionRequest,
  GetFunctionResponse,
  ListFunctionsRequest,
  ListFunctionsResponse,
} from '@aws-sdk/client-lambda';
import { pageOf } from '../../paging.ts';
import type { Operation } from '../../service-model.ts';
import type { DeployedFunction } from './deployed-function.ts';
import type { LambdaModel } from './lambda-model.ts';

const PAGE_MAX = 50;

export function getFunction(
  model: LambdaModel,
): Operation<GetFunctionRequest, GetFunctionResponse> {
  return {
    resources: (input, call) => [model.arnOf(call.region, input.FunctionName)],
    handle: (input, call) => {
      const fn = model.functionOf(call.region, input.FunctionName);
      const { reservedConcurrency } = fn;
      return {
        Configuration: describeFunction(fn),
        Code: { RepositoryType: 'S3', Location: `file://${fn.spec.codeDir}` },
        ...(reservedConcurrency !== undefined && {
          Concurrency: { ReservedConcurrentExecutions: reservedConcurrency },
        }),
      };
    },
  };
}

export function getFunctionConfiguration(
  model: LambdaModel,
): Operation<GetFunctionConfigurationRequest, FunctionConfiguration> {
  return {
    resources: (input, call) => [model.arnOf(call.region, input.FunctionName)],
    handle: (input, call) => describeFunction(model.functionOf(call.region, input.FunctionName)),
  };
}

export function listFunctions(
  model: LambdaModel,
): Operation<ListFunctionsRequest, ListFunctionsResponse> {
  return {
    resources: () => ['*'],
    handle: (input, call) => {
      const all = model.functionsIn(call.region).map(describeFunction);
      const request = { nextToken: input.Marker, maxResults: input.MaxItems };
      const { items, nextToken } = pageOf(all, request, PAGE_MAX);
      return { Functions: items, ...(nextToken !== undefined && { NextMarker: nextToken }) };
    },
  };
}

/** The configuration of a function as the API gives it. */
export function describeFunction({
  spec,
  description,
  modifiedAtMs,
}: DeployedFunction): FunctionConfiguration {
  return {
    FunctionName: spec.name,
    FunctionArn: spec.arn,
    Runtime: 'nodejs24.x',
    Role: spec.roleArn,
    Handler: spec.handler,
    Description: description,
    Timeout: spec.timeoutSeconds,
    MemorySize: spec.memoryMb,
    // Lambda's form has an offset without a colon.
    LastModified: new Date(modifiedAtMs).toISOString().replace('Z', '+0000'),
    Version: '$LATEST',
    Environment: { Variables: { ...spec.environment } },
    State: 'Active',
    LastUpdateStatus: 'Successful',
    PackageType: 'Zip',
    Architectures: ['arm64'],
  };
}
