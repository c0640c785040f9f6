import type { Readable } from 'node:stream';
import type { EcrModel } from '../services/ecr/ecr-model.ts';
import type { Repository } from '../services/ecr/repository.ts';

/** `oci` follows the distribution specification; `ecr-quirks` differs from it where ECR does. */
export type RegistryProfile = 'oci' | 'ecr-quirks';

/** What an answer needs to know of the registry. */
export interface RegistryContext {
  readonly model: EcrModel;
  readonly region: string;
  readonly profile: RegistryProfile;
}

/** One request to one repository, with its body still on its way. */
export interface RegistryRequest extends RegistryContext {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: AsyncIterable<Uint8Array>;
  readonly repository: Repository;
  /** A tag, a digest or an upload's id, by the route. */
  readonly reference: string;
}

export interface RegistryReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly body?: string | Uint8Array | Readable;
}

/** Ends the connection without an answer. */
export const HANG_UP = 'hang-up';

/** An error as the distribution specification writes it. */
export function registryError(status: number, code: string, message: string): RegistryReply {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ errors: [{ code, message }] }),
  };
}

/** A header that must come once. */
export function headerOf(request: RegistryRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : value?.[0];
}

export const notAllowed = (request: { readonly method: string }): RegistryReply =>
  registryError(405, 'UNSUPPORTED', `${request.method} is not supported here`);
