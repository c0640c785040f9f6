import { referrerOf } from '../services/ecr/list-image-referrers.ts';
import { mediaTypes } from '../services/ecr/manifest.ts';
import {
  notAllowed,
  registryError,
  type RegistryReply,
  type RegistryRequest,
} from './registry-reply.ts';

/** ECR refuses to list more tags than this at once. */
const ECR_TAGS_MAX = 1_000;

/** `GET /v2/<name>/tags/list?n=&last=`: tags in lexical order, a `Link` to the next page. */
export function listTags(request: RegistryRequest): RegistryReply {
  if (request.method !== 'GET') return notAllowed(request);
  const { repository, url, profile } = request;
  const last = url.searchParams.get('last');
  const all = [...repository.tags.keys()].sort();
  const rest = last === null ? all : all.filter((tag) => tag > last);
  const size = Number(url.searchParams.get('n') ?? rest.length);
  if (!Number.isInteger(size) || size < 0 || (profile === 'ecr-quirks' && size > ECR_TAGS_MAX)) {
    return registryError(400, 'UNSUPPORTED', `invalid parameter n: ${size}`);
  }
  const tags = rest.slice(0, size);
  const end = tags.at(-1);
  const hasMore = end !== undefined && tags.length < rest.length;
  const next = `/v2/${repository.name}/tags/list?n=${size}&last=${encodeURIComponent(end ?? '')}`;
  return {
    status: 200,
    headers: {
      'content-type': 'application/json',
      ...(hasMore ? { link: `<${next}>; rel="next"` } : {}),
    },
    body: JSON.stringify({ name: repository.name, tags }),
  };
}

/** `GET /v2/<name>/referrers/<digest>?artifactType=`: an index of what refers to the digest. */
export function listReferrers(request: RegistryRequest): RegistryReply {
  if (request.method !== 'GET') return notAllowed(request);
  const { repository, reference, url } = request;
  if (!/^sha256:[0-9a-f]{64}$/.test(reference)) {
    return registryError(400, 'DIGEST_INVALID', `not a digest: ${reference}`);
  }
  const wanted = url.searchParams.get('artifactType');
  const manifests = repository
    .referrers(reference)
    .filter(({ manifest }) => wanted === null || manifest.artifactType === wanted)
    .map(referrerOf);
  return {
    status: 200,
    headers: {
      'content-type': mediaTypes.index,
      ...(wanted === null ? {} : { 'oci-filters-applied': 'artifactType' }),
    },
    body: JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.index, manifests }),
  };
}
