import type { NormalizedSchema } from '@smithy/core/schema';
import { ServiceError } from '../service-model.ts';
import type { Api } from './api.ts';

/** What an error answer says, whatever its syntax. */
export interface ErrorAnswer {
  readonly schema: NormalizedSchema | undefined;
  readonly status: number;
  /** The exception's name in the SDK. */
  readonly code: string;
  /** The name in the query protocol, which differs for many. */
  readonly queryCode: string;
  readonly fault: 'Sender' | 'Receiver';
  /** All members of the error's structure, with its message under its own name. */
  readonly members: Readonly<Record<string, unknown>>;
}

/** Joins a model's error with what the client's schemas know of it. */
export function describeError(api: Api, error: ServiceError): ErrorAnswer {
  const schema = api.errors.get(error.code);
  const traits = schema?.getMergedTraits();
  const query = traits?.['awsQueryError'] as readonly [string, number] | undefined;
  // 400 is a ServiceError's default, so the schema's own status is the better one.
  const declared = query?.[1] ?? numeric(traits?.['httpError']);
  const status = error.httpStatus === 400 ? (declared ?? 400) : error.httpStatus;
  const messageName = schema === undefined ? 'message' : messageMember(schema);
  return {
    schema,
    status,
    code: error.code,
    queryCode: query?.[0] ?? error.code,
    fault: status < 500 ? 'Sender' : 'Receiver',
    members: { ...error.members, [messageName]: error.message },
  };
}

/** The error for a request that names no operation of the service. */
export function unknownOperation(service: string, operation: string): ServiceError {
  return new ServiceError(
    'UnknownOperationException',
    `The local cloud does not implement ${service}:${operation}.`,
  );
}

function messageMember(schema: NormalizedSchema): string {
  for (const [name] of schema.structIterator()) if (name === 'Message') return name;
  return 'message';
}

function numeric(trait: unknown): number | undefined {
  return typeof trait === 'number' ? trait : undefined;
}
