import { gunzipSync } from 'node:zlib';
import type { Cloud } from '../cloud.ts';
import { UnreachableError } from '../faults.ts';
import { ServiceError } from '../service-model.ts';
import { loadApi } from './api.ts';
import type { Api } from './api.ts';
import { decodeAwsChunked, isAwsChunked } from './aws-chunked.ts';
import type { ParsedCall, Protocol } from './protocol.ts';
import { recognize } from './recognize.ts';
import { signatureScope } from './signature-scope.ts';
import type { WireRequest, WireResponse } from './wire-message.ts';

/** Answers AWS API requests in the protocol they came in. */
export class WireDoor {
  readonly #cloud: Cloud;
  readonly #onDefect: (error: unknown) => void;
  #answers = 0;

  /** @param onDefect is told of errors that are the local cloud's own and not AWS's */
  constructor(cloud: Cloud, onDefect: (error: unknown) => void) {
    this.#cloud = cloud;
    this.#onDefect = onDefect;
  }

  /** Undefined when no answer would come: the caller's connection is to be cut. */
  async serve(raw: WireRequest): Promise<WireResponse | undefined> {
    const request = { ...raw, body: decodeBody(raw) };
    const scope = signatureScope(request);
    const recognized = recognize(request, scope?.service);
    if (recognized === undefined || scope === undefined) return unsigned();
    const { protocol, service } = recognized;
    const api = await loadApi(service);
    const requestId = `10000000-0000-4000-8000-${String(++this.#answers).padStart(12, '0')}`;
    try {
      const { operation, input } = await parse(protocol, api, request);
      const output = await this.#cloud.call({
        service: service.id,
        operation: operation.name,
        input,
        region: scope.region,
        principal: this.#cloud.keys.principalOf(scope.accessKeyId),
      });
      return protocol.serializeResponse(api, operation, output ?? {}, requestId);
    } catch (error) {
      if (error instanceof UnreachableError) return undefined;
      return protocol.serializeError(api, this.#asServiceError(error), requestId);
    }
  }

  #asServiceError(error: unknown): ServiceError {
    if (error instanceof ServiceError) return error;
    this.#onDefect(error);
    const message = error instanceof Error ? error.message : String(error);
    return new ServiceError('InternalFailure', `A defect of the local cloud: ${message}`, {
      httpStatus: 500,
    });
  }
}

async function parse(protocol: Protocol, api: Api, request: WireRequest): Promise<ParsedCall> {
  try {
    return await protocol.deserializeRequest(api, request);
  } catch (error) {
    if (error instanceof ServiceError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new ServiceError('SerializationException', `The request cannot be read: ${message}`);
  }
}

function decodeBody({ headers, body }: WireRequest): Uint8Array {
  const content = isAwsChunked(headers) ? decodeAwsChunked(body) : body;
  const isCompressed = headers['content-encoding']?.includes('gzip') === true;
  // Objects keep the encoding they were uploaded with; only API requests are unpacked.
  const isApi = headers['x-amz-target'] !== undefined || headers['smithy-protocol'] !== undefined;
  return isCompressed && isApi ? gunzipSync(content) : content;
}

function unsigned(): WireResponse {
  return {
    status: 403,
    headers: {
      'content-type': 'application/json',
      'x-amzn-errortype': 'MissingAuthenticationToken',
    },
    body: JSON.stringify({
      message:
        'The request is not signed for a service that the local cloud serves; set ' +
        'AWS_ACCESS_KEY_ID=test and AWS_SECRET_ACCESS_KEY=test and use an AWS client.',
    }),
  };
}
