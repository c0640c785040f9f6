import { Readable } from 'node:stream';
import { NormalizedSchema } from '@smithy/core/schema';
import { sdkStreamMixin, Uint8ArrayBlobAdapter } from '@smithy/core/serde';
import { SMITHY_CONTEXT_KEY } from '@smithy/types';
import type {
  HandlerExecutionContext,
  MiddlewareStack,
  StaticOperationSchema,
} from '@smithy/types';
import type { Cloud } from './cloud.ts';
import { sdkException } from './sdk-exception.ts';
import { ServiceError } from './service-model.ts';
import type { Principal } from './service-model.ts';

/** Fits `client.middlewareStack.use(...)` of every SDK client. */
export interface EmbeddedDoor {
  applyToStack<Input extends object, Output extends object>(
    stack: MiddlewareStack<Input, Output>,
  ): void;
}

export interface EmbedOptions {
  readonly principal: Principal;
  /** The client's region. */
  readonly region: string;
}

/**
 * Answers an SDK client's commands inside of the client: no socket, no credentials, no timer, so
 * that the same calls take the same steps each time. Retries of the client do not take part.
 */
export function embed(cloud: Cloud, options: EmbedOptions): EmbeddedDoor {
  return {
    applyToStack: (stack) => {
      stack.add(
        (_next, context) => async (args) => ({
          output: (await answer(cloud, options, operationOf(context), args.input)) as never,
          response: undefined,
        }),
        // The last of the first step: after the client has checked and completed the input.
        { step: 'initialize', name: 'farshoreLocalCloud', priority: 'low' },
      );
    },
  };
}

async function answer(
  cloud: Cloud,
  { principal, region }: EmbedOptions,
  schema: StaticOperationSchema,
  input: object,
): Promise<object> {
  const [, namespace, operation] = schema;
  try {
    const output = await cloud.call({
      // `com.amazonaws.route53`: the last part is the id of the service here.
      service: namespace.split('.').at(-1) ?? namespace,
      operation,
      input: await ownInput(NormalizedSchema.of(schema[4]), input),
      region,
      principal,
    });
    const own = ownOutput(NormalizedSchema.of(schema[5]), output ?? {});
    return { ...own, $metadata: { httpStatusCode: 200, attempts: 1, totalRetryDelay: 0 } };
  } catch (error) {
    throw error instanceof ServiceError ? sdkException(namespace, error) : error;
  }
}

function operationOf(context: HandlerExecutionContext): StaticOperationSchema {
  const smithy = context[SMITHY_CONTEXT_KEY] as
    { readonly commandInstance?: { readonly schema?: StaticOperationSchema } } | undefined;
  const schema = smithy?.commandInstance?.schema;
  if (schema !== undefined) return schema;
  throw new Error(
    `${context.commandName ?? 'The command'} carries no schema; the embedded door needs an ` +
      'AWS SDK client of 2025-10 or later',
  );
}

/** A copy, because a wire would make one too: a caller must not share state with a model. */
async function ownInput(schema: NormalizedSchema, input: object): Promise<object> {
  const name = payloadMember(schema);
  if (name === undefined) return structuredClone(input);
  const { [name]: payload, ...rest } = input as Readonly<Record<string, unknown>>;
  return { ...structuredClone(rest), ...(payload != null && { [name]: await toBytes(payload) }) };
}

function ownOutput(schema: NormalizedSchema, output: object): object {
  const name = payloadMember(schema);
  if (name === undefined) return structuredClone(output);
  const { [name]: payload, ...rest } = output as Readonly<Record<string, unknown>>;
  if (payload == null) return structuredClone(rest);
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : (payload as Uint8Array);
  const content = schema.getMemberSchema(name).isStreaming()
    ? sdkStreamMixin(Readable.from([Buffer.from(bytes)], { objectMode: false }))
    : Uint8ArrayBlobAdapter.mutate(Uint8Array.from(bytes));
  return { ...structuredClone(rest), [name]: content };
}

/** The member that is the body itself, such as an object's content or a function's payload. */
function payloadMember(schema: NormalizedSchema): string | undefined {
  if (!schema.isStructSchema()) return undefined;
  for (const [name, member] of schema.structIterator()) {
    if (member.getMergedTraits().httpPayload !== undefined && member.isBlobSchema()) return name;
  }
  return undefined;
}

async function toBytes(payload: unknown): Promise<Uint8Array> {
  if (typeof payload === 'string') return Buffer.from(payload);
  if (payload instanceof Uint8Array) return Uint8Array.from(payload);
  const chunks: Uint8Array[] = [];
  for await (const chunk of payload as AsyncIterable<Uint8Array | string>) {
    chunks.push(Buffer.from(chunk as Uint8Array));
  }
  return Buffer.concat(chunks);
}
