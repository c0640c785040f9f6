import type { WireRequest } from './wire-message.ts';

/** What a SigV4 signature says besides the signature itself, which nobody checks here. */
export interface SignatureScope {
  readonly accessKeyId: string;
  readonly region: string;
  readonly service: string;
}

/** From the Authorization header or a presigned URL; undefined for anonymous requests. */
export function signatureScope({ headers, query }: WireRequest): SignatureScope | undefined {
  const credential =
    /Credential=([^,\s]+)/.exec(headers['authorization'] ?? '')?.[1] ??
    query.get('X-Amz-Credential') ??
    undefined;
  const [accessKeyId, , region, service] = credential?.split('/') ?? [];
  if (accessKeyId === undefined || region === undefined || service === undefined) return undefined;
  return { accessKeyId, region, service };
}
