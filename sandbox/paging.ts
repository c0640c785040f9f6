import { ServiceError } from './service-model.ts';

/** One page of a list and the token of the next. */
export interface Page<T> {
  readonly items: T[];
  readonly nextToken: string | undefined;
}

export interface PageRequest {
  readonly nextToken?: string | undefined;
  readonly maxResults?: number | undefined;
}

/**
 * Cuts a page out of a list that is always in the same order. The token is opaque, as in AWS: the
 * position in base64, so that nobody comes to rely on its look.
 */
export function pageOf<T>(all: readonly T[], request: PageRequest, sizeMax: number): Page<T> {
  const start = request.nextToken === undefined ? 0 : positionOf(request.nextToken);
  const size = Math.min(request.maxResults ?? sizeMax, sizeMax);
  const end = start + size;
  const nextToken =
    end < all.length ? Buffer.from(`position:${end}`).toString('base64') : undefined;
  return { items: all.slice(start, end), nextToken };
}

function positionOf(token: string): number {
  const match = /^position:(\d+)$/.exec(Buffer.from(token, 'base64').toString());
  if (match === null) {
    throw new ServiceError('InvalidParameterException', `Invalid next token: ${token}`);
  }
  return Number(match[1]);
}
