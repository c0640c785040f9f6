import { ServiceException } from '@smithy/core/client';
import { TypeRegistry } from '@smithy/core/schema';
import type { StaticErrorSchema } from '@smithy/types';
import type { ServiceError } from './service-model.ts';

type ExceptionClass = new (options: object) => Error;

/**
 * A model's error as the SDK client would throw it: the exported class where the client has one,
 * so that `instanceof` holds, else the client's general exception with the error's name.
 */
export function sdkException(namespace: string, error: ServiceError): Error {
  const options = {
    ...error.members,
    message: error.message,
    $metadata: { httpStatusCode: error.httpStatus, attempts: 1, totalRetryDelay: 0 },
  };
  const Typed = typedClass(namespace, error.code);
  if (Typed !== undefined) return Object.assign(new Typed(options), error.members);
  const fault = error.httpStatus < 500 ? 'client' : 'server';
  const General = generalClass(namespace) ?? (ServiceException as unknown as ExceptionClass);
  return Object.assign(new General({ ...options, name: error.code, $fault: fault }), error.members);
}

function typedClass(namespace: string, code: string): ExceptionClass | undefined {
  const registry = TypeRegistry.for(namespace);
  const schema = registry.find((one) => Array.isArray(one) && one[0] === -3 && one[2] === code);
  return schema === undefined ? undefined : classOf(registry, schema as StaticErrorSchema);
}

function generalClass(namespace: string): ExceptionClass | undefined {
  const registry = TypeRegistry.for(`smithy.ts.sdk.synthetic.${namespace}`);
  const schema = registry.getBaseException();
  return schema === undefined ? undefined : classOf(registry, schema);
}

function classOf(registry: TypeRegistry, schema: StaticErrorSchema): ExceptionClass | undefined {
  return registry.getErrorCtor(schema) as ExceptionClass | undefined;
}
