import type { Api, ApiOperation, HttpBinding } from './api.ts';
import { isBucketRequired, splitBucket } from './s3-address.ts';
import type { WireRequest } from './wire-message.ts';

export interface RestMatch {
  readonly operation: ApiOperation;
  /** Values of the path's labels, decoded. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Finds the REST operation of a request; undefined when the API has none there. */
export function findOperation(api: Api, request: WireRequest): RestMatch | undefined {
  const { path, bucket } = splitBucket(api.service.id, request);
  const segments = splitPath(path);
  let best: (RestMatch & { readonly rank: number }) | undefined;
  for (const operation of api.operations.values()) {
    const { http } = operation;
    if (http?.method !== request.method) continue;
    if (api.service.id === 's3' && isBucketRequired(operation) !== (bucket !== undefined)) continue;
    const labels = matchPath(http.segments, segments);
    if (labels === undefined || !hasRequired(operation, request)) continue;
    const rank = rankQuery(http, operation, request);
    if (rank === undefined || (best !== undefined && best.rank >= rank)) continue;
    best = {
      operation,
      labels: { ...labels, ...(bucket !== undefined && { Bucket: bucket }) },
      rank,
    };
  }
  return best;
}

function splitPath(path: string): readonly string[] {
  return path.slice(1).split('/').map(decodeURIComponent);
}

function matchPath(
  template: readonly string[],
  segments: readonly string[],
): Record<string, string> | undefined {
  const labels: Record<string, string> = {};
  for (const [index, part] of template.entries()) {
    const label = /^\{(\w+)(\+?)\}$/.exec(part);
    const value = label?.[2] === '+' ? segments.slice(index).join('/') : segments[index];
    if (label?.[1] === undefined) {
      if (part !== (value ?? '')) return undefined;
      continue;
    }
    if (value === undefined || value === '') return undefined;
    labels[label[1]] = value;
    if (label[2] === '+') return labels;
  }
  const rest = segments.slice(template.length);
  return rest.every((segment) => segment === '') ? labels : undefined;
}

/**
 * How well the query fits: undefined when a parameter of the operation's name is missing. More
 * of the request explained is better; `x-id` only breaks ties, because the AWS CLI leaves it out.
 */
function rankQuery(
  http: HttpBinding,
  operation: ApiOperation,
  request: WireRequest,
): number | undefined {
  let rank = 0;
  for (const [key, value] of http.query) {
    if (key === 'x-id') continue;
    if (!request.query.has(key) || (value !== '' && request.query.get(key) !== value))
      return undefined;
    rank += 100;
  }
  rank += 10 * requiredBindings(operation).length;
  const literals = http.segments.filter((part) => part !== '' && !part.startsWith('{'));
  return rank + literals.length + (request.query.get('x-id') === operation.name ? 1 : 0);
}

function hasRequired(operation: ApiOperation, request: WireRequest): boolean {
  return requiredBindings(operation).every(
    ({ httpQuery, httpHeader }) =>
      (typeof httpQuery !== 'string' || request.query.has(httpQuery)) &&
      (typeof httpHeader !== 'string' || httpHeader.toLowerCase() in request.headers),
  );
}

/** Query parameters and headers without which a request is not this operation. */
function requiredBindings({ input, required }: ApiOperation) {
  if (required.size === 0) return [];
  return [...input.structIterator()]
    .filter(([name]) => required.has(name))
    .map(([, member]) => member.getMergedTraits())
    .filter(({ httpQuery, httpHeader }) => httpQuery !== undefined || httpHeader !== undefined);
}
