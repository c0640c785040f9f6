import { NormalizedSchema, translateTraits } from '@smithy/core/schema';
import type {
  StaticErrorSchema,
  StaticOperationSchema,
  StaticStructureSchema,
} from '@smithy/types';
import type { WireService } from './wire-services.ts';

/** Where a REST operation is found, and the status of its success. */
export interface HttpBinding {
  readonly method: string;
  /** `/2013-04-01/hostedzone/{HostedZoneId}/rrset`, split at the slashes. */
  readonly segments: readonly string[];
  /** Query parameters that are part of the operation's name. */
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly status: number;
}

export interface ApiOperation {
  readonly name: string;
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
  /** Members that every request carries. */
  readonly required: ReadonlySet<string>;
  readonly http?: HttpBinding;
}

/** A service's API as its SDK client describes it. */
export interface Api {
  readonly service: WireService;
  readonly operations: ReadonlyMap<string, ApiOperation>;
  readonly errors: ReadonlyMap<string, NormalizedSchema>;
}

/** Kinds of schema, as the clients write them: the first element of the tuple. */
const OPERATION = 9;
const ERROR = -3;

const loaded = new Map<string, Promise<Api>>();

/** Reads the schemas out of a service's client; each client is loaded once, at its first call. */
export function loadApi(service: WireService): Promise<Api> {
  const known = loaded.get(service.id);
  if (known !== undefined) return known;
  const api = service.load().then((client) => describe(service, client));
  loaded.set(service.id, api);
  return api;
}

function describe(service: WireService, client: object): Api {
  const operations = new Map<string, ApiOperation>();
  const errors = new Map<string, NormalizedSchema>();
  for (const schema of Object.values(client) as readonly unknown[]) {
    if (isKind<StaticOperationSchema>(schema, OPERATION)) {
      operations.set(schema[2], describeOperation(schema));
    } else if (isKind<StaticErrorSchema>(schema, ERROR)) {
      errors.set(schema[2], NormalizedSchema.of(schema));
    }
  }
  return { service, operations, errors };
}

function isKind<Schema extends StaticErrorSchema | StaticOperationSchema>(
  schema: unknown,
  kind: Schema[0],
): schema is Schema {
  return Array.isArray(schema) && schema[0] === kind && typeof schema[2] === 'string';
}

function describeOperation(schema: StaticOperationSchema): ApiOperation {
  const [, , name, traits, input, output] = schema;
  const { http } = translateTraits(traits);
  return {
    name,
    input: NormalizedSchema.of(input),
    output: NormalizedSchema.of(output),
    required: requiredMembers(NormalizedSchema.of(input)),
    ...(http !== undefined && { http: describeBinding(http) }),
  };
}

function describeBinding([method, template, status]: readonly [string, string, number]) {
  const [path = '', search = ''] = template.split('?');
  return {
    method,
    segments: path.slice(1).split('/'),
    query: [...new URLSearchParams(search)],
    status,
  };
}

/** The clients' schemas put required members first and give their number. */
function requiredMembers(schema: NormalizedSchema): ReadonlySet<string> {
  if (!schema.isStructSchema()) return new Set();
  const [, , , , names, , count = 0] = schema.getSchema() as StaticStructureSchema;
  return new Set(names.slice(0, count));
}
