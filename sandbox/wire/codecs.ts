import { XmlCodec } from '@aws-sdk/core/protocols';
import { CborCodec } from '@smithy/core/cbor';
import {
  FromStringShapeDeserializer,
  JsonCodec2,
  ToStringShapeSerializer,
} from '@smithy/core/protocols';
import type { NormalizedSchema } from '@smithy/core/schema';

/** Timestamp formats as the SDK numbers them. */
const DATE_TIME = 5;
const HTTP_DATE = 6;
const EPOCH_SECONDS = 7;

/** Bytes or text to an object and back, by a schema. */
export interface BodyCodec {
  read(schema: NormalizedSchema, bytes: Uint8Array): Promise<unknown>;
  write(schema: NormalizedSchema, value: unknown): Uint8Array | string;
}

type Codec = Pick<JsonCodec2 | CborCodec | XmlCodec, 'createSerializer' | 'createDeserializer'>;

function bodyCodec(codec: Codec): BodyCodec {
  return {
    read: (schema, bytes) =>
      Promise.resolve(codec.createDeserializer().read(schema, bytes as never)),
    write: (schema, value) => {
      const serializer = codec.createSerializer();
      serializer.write(schema, value);
      return serializer.flush();
    },
  };
}

const timestampFormat = { useTrait: true, default: EPOCH_SECONDS } as const;

/** awsJson1_0 and awsJson1_1. */
export const json = bodyCodec(new JsonCodec2({ timestampFormat, jsonName: false }));

/** Bodies of REST-JSON, where members may have other names on the wire. */
export const restJson = bodyCodec(new JsonCodec2({ timestampFormat, jsonName: true }));

export const cbor = bodyCodec(new CborCodec());

/** @param xmlNamespace of the root element; empty for none */
export function xml(xmlNamespace: string): BodyCodec {
  return bodyCodec(
    new XmlCodec({
      timestampFormat: { useTrait: true, default: DATE_TIME },
      httpBindings: true,
      xmlNamespace,
      serviceNamespace: '',
    }),
  );
}

/** Members of a query-protocol request. */
export const queryText = new FromStringShapeDeserializer({
  timestampFormat: { useTrait: true, default: DATE_TIME },
});

/** Members in headers, labels and query parameters of REST requests and answers. */
const bindings = {
  timestampFormat: { useTrait: true, default: HTTP_DATE },
  httpBindings: true,
} as const;

export const bindingReader = new FromStringShapeDeserializer(bindings);

export function writeBinding(schema: NormalizedSchema, value: unknown): string {
  const serializer = new ToStringShapeSerializer(bindings);
  serializer.write(schema, value);
  return serializer.flush();
}
