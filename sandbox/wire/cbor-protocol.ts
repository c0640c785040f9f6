import { cbor as rawCbor } from '@smithy/core/cbor';
import { cbor } from './codecs.ts';
import type { Protocol } from './protocol.ts';
import { describeError, unknownOperation } from './wire-error.ts';

/** Smithy RPC v2 CBOR: `POST /service/<target>/operation/<operation>`. */
export const cborProtocol: Protocol = {
  deserializeRequest: async (api, request) => {
    const name = request.path.split('/').at(-1) ?? '';
    const operation = api.operations.get(name);
    if (operation === undefined) throw unknownOperation(api.service.id, name);
    const input = request.body.length === 0 ? {} : await cbor.read(operation.input, request.body);
    return { operation, input: input ?? {} };
  },
  serializeResponse: (_api, { output }, value, requestId) => ({
    status: 200,
    headers: headers(requestId),
    body: output.isUnitSchema() ? rawCbor.serialize({}) : cbor.write(output, value),
  }),
  serializeError: (api, error, requestId) => {
    const { status, code, queryCode, fault, members } = describeError(api, error);
    return {
      status,
      headers: {
        ...headers(requestId),
        ...(api.service.queryCompatible === true && {
          'x-amzn-query-error': `${queryCode};${fault}`,
        }),
      },
      body: rawCbor.serialize({ __type: code, message: error.message, ...members }),
    };
  },
};

function headers(requestId: string): Record<string, string> {
  return {
    'content-type': 'application/cbor',
    'smithy-protocol': 'rpc-v2-cbor',
    'x-amzn-requestid': requestId,
  };
}
