import { cborProtocol } from './cbor-protocol.ts';
import { jsonProtocol } from './json-protocol.ts';
import type { Protocol } from './protocol.ts';
import { queryProtocol } from './query-protocol.ts';
import { restJsonProtocol, restXmlProtocol } from './rest-protocols.ts';
import type { WireRequest } from './wire-message.ts';
import { wireServices } from './wire-services.ts';
import type { WireService } from './wire-services.ts';

export interface Recognized {
  readonly service: WireService;
  readonly protocol: Protocol;
}

/**
 * Which service a request is for, in which protocol. Decided by the request and not by the
 * service, because clients change their protocol from one version to the next.
 */
export function recognize(
  { headers, path }: WireRequest,
  signingName: string | undefined,
): Recognized | undefined {
  const target = headers['x-amz-target']?.split('.')[0];
  if (target !== undefined) return found(jsonProtocol, (service) => service.target === target);
  if (headers['smithy-protocol'] === 'rpc-v2-cbor') {
    const name = /\/service\/([^/]+)\/operation\//.exec(path)?.[1];
    return found(cborProtocol, (service) => service.target === name);
  }
  const service = wireServices.find((one) => one.signingName === signingName);
  if (service === undefined) return undefined;
  if (service.rest === 'xml') return { service, protocol: restXmlProtocol };
  if (service.rest === 'json') return { service, protocol: restJsonProtocol };
  return { service, protocol: queryProtocol };
}

function found(
  protocol: Protocol,
  isIt: (service: WireService) => boolean,
): Recognized | undefined {
  const service = wireServices.find(isIt);
  return service === undefined ? undefined : { service, protocol };
}
