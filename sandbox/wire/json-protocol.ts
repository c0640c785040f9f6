import { json } from './codecs.ts';
import type { Protocol } from './protocol.ts';
import { describeError, unknownOperation } from './wire-error.ts';

/** awsJson1_0 and awsJson1_1: the operation stands in `x-amz-target`. */
export const jsonProtocol: Protocol = {
  deserializeRequest: async (api, request) => {
    const name = request.headers['x-amz-target']?.split('.').at(-1) ?? '';
    const operation = api.operations.get(name);
    if (operation === undefined) throw unknownOperation(api.service.id, name);
    const input = request.body.length === 0 ? {} : await json.read(operation.input, request.body);
    return { operation, input: input ?? {} };
  },
  serializeResponse: (api, { output }, value, requestId) => ({
    status: 200,
    headers: headers(api.service.jsonVersion, requestId),
    body: output.isUnitSchema() ? '{}' : json.write(output, value),
  }),
  serializeError: (api, error, requestId) => {
    const { schema, status, code, queryCode, fault, members } = describeError(api, error);
    const written = schema === undefined ? members : parse(json.write(schema, members));
    return {
      status,
      headers: {
        ...headers(api.service.jsonVersion, requestId),
        'x-amzn-errortype': code,
        ...(api.service.queryCompatible === true && {
          'x-amzn-query-error': `${queryCode};${fault}`,
        }),
      },
      body: JSON.stringify({ __type: code, message: error.message, ...written }),
    };
  },
};

function headers(version: string | undefined, requestId: string): Record<string, string> {
  return {
    'content-type': `application/x-amz-json-${version ?? '1.0'}`,
    'x-amzn-requestid': requestId,
  };
}

function parse(body: Uint8Array | string): object {
  return JSON.parse(typeof body === 'string' ? body : new TextDecoder().decode(body)) as object;
}
