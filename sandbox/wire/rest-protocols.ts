import { restJson, xml } from './codecs.ts';
import type { BodyCodec } from './codecs.ts';
import type { Protocol } from './protocol.ts';
import { readBindings } from './read-bindings.ts';
import { findOperation } from './rest-router.ts';
import { describeError, unknownOperation } from './wire-error.ts';
import { writeBindings } from './write-bindings.ts';
import { element, errorMembers, escapeXml, xmlHeaders } from './xml-text.ts';
import type { Api } from './api.ts';

/** REST-XML: Route 53 and S3. */
export const restXmlProtocol: Protocol = {
  deserializeRequest: (api, request) => deserialize(api, request, xmlOf(api)),
  serializeResponse: (api, operation, output, requestId) => {
    const answer = writeBindings(operation, output, xmlOf(api));
    return { ...answer, headers: { ...xmlHeaders(requestId), ...answer.headers } };
  },
  serializeError: (api, error, requestId) => {
    const answer = describeError(api, error);
    const code = element('Code', escapeXml(answer.code)) + errorMembers(answer, error);
    const id = element('RequestId', requestId);
    // S3 alone does not wrap its errors.
    const body =
      api.service.id === 's3'
        ? element('Error', code + id)
        : element(
            'ErrorResponse',
            element('Error', element('Type', answer.fault) + code) + id,
            api.service.xmlNamespace,
          );
    return { status: answer.status, headers: xmlHeaders(requestId), body };
  },
};

/** REST-JSON: Lambda and EventBridge Scheduler. */
export const restJsonProtocol: Protocol = {
  deserializeRequest: (api, request) => deserialize(api, request, restJson),
  serializeResponse: (_api, operation, output, requestId) => {
    const answer = writeBindings(operation, output, restJson);
    const headers = { 'content-type': 'application/json', 'x-amzn-requestid': requestId };
    return { ...answer, headers: { ...headers, ...answer.headers } };
  },
  serializeError: (api, error, requestId) => {
    const { status, code, members } = describeError(api, error);
    const headers = {
      'content-type': 'application/json',
      'x-amzn-requestid': requestId,
      'x-amzn-errortype': code,
    };
    return { status, headers, body: JSON.stringify({ message: error.message, ...members }) };
  },
};

async function deserialize(
  api: Api,
  request: Parameters<typeof findOperation>[1],
  codec: BodyCodec,
) {
  const match = findOperation(api, request);
  if (match === undefined) {
    throw unknownOperation(api.service.id, `${request.method} ${request.path}`);
  }
  return { operation: match.operation, input: await readBindings(match, request, codec) };
}

const xmlCodecs = new Map<string, BodyCodec>();

function xmlOf({ service }: Api): BodyCodec {
  const codec = xmlCodecs.get(service.id) ?? xml(service.xmlNamespace ?? '');
  xmlCodecs.set(service.id, codec);
  return codec;
}
