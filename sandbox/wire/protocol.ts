import type { ServiceError } from '../service-model.ts';
import type { Api, ApiOperation } from './api.ts';
import type { WireRequest, WireResponse } from './wire-message.ts';

/** An operation with the input that a request carries for it. */
export interface ParsedCall {
  readonly operation: ApiOperation;
  readonly input: object;
}

/**
 * One of AWS's protocols, server side. The shape follows Smithy's own `ServerProtocol`, so that
 * those classes can take its place once they are published.
 */
export interface Protocol {
  /** Throws a ServiceError for requests that it cannot read. */
  deserializeRequest(api: Api, request: WireRequest): Promise<ParsedCall>;
  serializeResponse(
    api: Api,
    operation: ApiOperation,
    output: object,
    requestId: string,
  ): WireResponse;
  serializeError(api: Api, error: ServiceError, requestId: string): WireResponse;
}
