import type { CreateFunctionRequest, FunctionConfiguration } from '@aws-sdk/client-lambda';
import type { Operation } from '../../service-model.ts';
import { describeFunction } from './get-function.ts';
import { conflict, invalidParameter, refuseParameters } from './lambda-errors.ts';
import type { LambdaModel } from './lambda-model.ts';

const TIMEOUT_SECONDS_MAX = 900;
const TIMEOUT_SECONDS_DEFAULT = 3;
const MEMORY_MB_DEFAULT = 128;

const unsupported = [
  ...['CapacityProviderConfig', 'CodeSigningConfigArn', 'DeadLetterConfig', 'DurableConfig'],
  ...['FileSystemConfigs', 'ImageConfig', 'Layers', 'SnapStart', 'TenancyConfig', 'VpcConfig'],
];

/**
 * Makes a function. Its code is the directory of a bundled asset, given where AWS has the key of
 * an object: `Code.S3Key`.
 */
export function createFunction(
  model: LambdaModel,
): Operation<CreateFunctionRequest, FunctionConfiguration> {
  return {
    resources: (input, call) => [model.arnOf(call.region, input.FunctionName)],
    handle: (input, call) => {
      refuseParameters(input, unsupported);
      const name = input.FunctionName ?? '';
      if (!/^[A-Za-z0-9_-]{1,64}$/.test(name)) {
        throw invalidParameter(`Value '${name}' at 'functionName' failed to satisfy constraint`);
      }
      if (model.find(call.region, name) !== undefined) {
        throw conflict(`Function already exist: ${name}`);
      }
      const timeoutSeconds = input.Timeout ?? TIMEOUT_SECONDS_DEFAULT;
      if (timeoutSeconds < 1 || timeoutSeconds > TIMEOUT_SECONDS_MAX) {
        throw invalidParameter(
          `Value '${timeoutSeconds}' at 'timeout' failed to satisfy constraint: Member must have ` +
            `value less than or equal to ${TIMEOUT_SECONDS_MAX}`,
        );
      }
      const codeDir = input.Code?.S3Key;
      if (codeDir === undefined) {
        throw invalidParameter('The local cloud takes code from a directory, in Code.S3Key.');
      }
      const fn = model.deployFunction({
        region: call.region,
        name,
        codeDir,
        handler: input.Handler ?? 'index.handler',
        environment: input.Environment?.Variables ?? {},
        timeoutSeconds,
        memoryMb: input.MemorySize ?? MEMORY_MB_DEFAULT,
        roleArn: input.Role ?? '',
        description: input.Description ?? '',
      });
      return describeFunction(fn);
    },
  };
}
