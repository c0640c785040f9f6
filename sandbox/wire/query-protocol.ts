import { xml } from './codecs.ts';
import type { Protocol } from './protocol.ts';
import { readQuery } from './read-query.ts';
import { describeError, unknownOperation } from './wire-error.ts';
import { element, errorMembers, innerXml, xmlHeaders } from './xml-text.ts';

const plain = xml('');

/** awsQuery: a form with `Action`, answered in XML. */
export const queryProtocol: Protocol = {
  deserializeRequest: (api, request) => {
    const form = new URLSearchParams(
      request.method === 'GET' ? request.query : new TextDecoder().decode(request.body),
    );
    const name = form.get('Action') ?? '';
    const operation = api.operations.get(name);
    if (operation === undefined) return Promise.reject(unknownOperation(api.service.id, name));
    return Promise.resolve({ operation, input: readQuery(operation.input, form) });
  },
  serializeResponse: (api, { name, output }, value, requestId) => {
    const result = output.isUnitSchema()
      ? ''
      : element(`${name}Result`, innerXml(plain.write(output, value)));
    const metadata = element('ResponseMetadata', element('RequestId', requestId));
    return {
      status: 200,
      headers: xmlHeaders(requestId),
      body: element(`${name}Response`, result + metadata, api.service.xmlNamespace),
    };
  },
  serializeError: (api, error, requestId) => {
    const answer = describeError(api, error);
    const inner =
      element('Type', answer.fault) +
      element('Code', answer.queryCode) +
      errorMembers(answer, error);
    return {
      status: answer.status,
      headers: xmlHeaders(requestId),
      body: element(
        'ErrorResponse',
        element('Error', inner) + element('RequestId', requestId),
        api.service.xmlNamespace,
      ),
    };
  },
};
