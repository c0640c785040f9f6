import { Readable } from 'node:stream';
import { NormalizedSchema } from '@smithy/core/schema';
import { sdkStreamMixin, Uint8ArrayBlobAdapter } from '@smithy/core/serde';
import { SMITHY_CONTEXT_KEY } from '@smithy/types';
import type {
  HandlerExecutionContext,
  MiddlewareStack,
  $SchemaRef,
  StaticOperationSchema,
} from '@smithy/types';
import type { Cloud } from './cloud.ts';
import { copied } from './copied.ts';
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

/** A command of an SDK client. */
export interface EmbeddedCommand {
  readonly input: object;
  readonly schema: StaticOperationSchema;
}

/**
 * Answers an SDK client's commands inside of the client: no socket, no credentials, no timer, so
 * that the same calls take the same steps each time. Retries of the client do not take part.
 */
export function embed(cloud: Cloud, options: EmbedOptions): EmbeddedDoor {
  return {
    applyToStack: (stack) => {
      stack.add(
        (_next, context) => async (args) => {
          const command = { input: args.input, schema: operationOf(context) };
          return {
            output: (await answerCommand(cloud, options, command)) as never,
            response: undefined,
          };
        },
        // The last of the first step: after the client has checked and completed the input.
        { step: 'initialize', name: 'farshoreLocalCloud', priority: 'low' },
      );
    },
  };
}

/** Answers one command as a client would: with its output, or with its exception. */
export async function answerCommand(
  cloud: Cloud,
  { principal, region }: EmbedOptions,
  { schema, input }: EmbeddedCommand,
): Promise<object> {
  const [, namespace, operation, , inputSchema, outputSchema] = schema;
  try {
    const output = await cloud.call({
      service: serviceOf(namespace),
      operation,
      input: await ownInput(payloadMember(inputSchema), input),
      region,
      principal,
    });
    const own = ownOutput(payloadMember(outputSchema), output ?? {});
    return { ...own, $metadata: { httpStatusCode: 200, attempts: 1, totalRetryDelay: 0 } };
  } catch (error) {
    throw error instanceof ServiceError ? sdkException(namespace, error) : error;
  }
}

/** `com.amazonaws.route53`: the last part is the id of the service here. */
export function serviceOf(namespace: string): string {
  return namespace.slice(namespace.lastIndexOf('.') + 1);
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

/** The member that is the body itself, such as an object's content or a function's payload. */
interface PayloadMember {
  readonly name: string;
  readonly isStreaming: boolean;
}

/** A copy, because a wire would make one too: a caller must not share state with a model. */
async function ownInput(member: PayloadMember | undefined, input: object): Promise<object> {
  if (member === undefined) return copied(input);
  const { [member.name]: payload, ...rest } = input as Readonly<Record<string, unknown>>;
  return {
    ...copied(rest),
    ...(payload != null && { [member.name]: await toBytes(payload) }),
  };
}

function ownOutput(member: PayloadMember | undefined, output: object): object {
  if (member === undefined) return copied(output);
  const { [member.name]: payload, ...rest } = output as Readonly<Record<string, unknown>>;
  if (payload == null) return copied(rest);
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : (payload as Uint8Array);
  const content = member.isStreaming
    ? sdkStreamMixin(Readable.from([Buffer.from(bytes)], { objectMode: false }))
    : Uint8ArrayBlobAdapter.mutate(Uint8Array.from(bytes));
  return { ...copied(rest), [member.name]: content };
}

const payloadMembers = new WeakMap<object, PayloadMember | 'none'>();

function payloadMember(schema: $SchemaRef): PayloadMember | undefined {
  if (typeof schema !== 'object' && typeof schema !== 'function') return undefined;
  let member = payloadMembers.get(schema);
  if (member === undefined) {
    member = findPayloadMember(NormalizedSchema.of(schema)) ?? 'none';
    payloadMembers.set(schema, member);
  }
  return member === 'none' ? undefined : member;
}

function findPayloadMember(schema: NormalizedSchema): PayloadMember | undefined {
  if (!schema.isStructSchema()) return undefined;
  for (const [name, member] of schema.structIterator()) {
    if (member.getMergedTraits().httpPayload !== undefined && member.isBlobSchema()) {
      return { name, isStreaming: member.isStreaming() };
    }
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
