import { ServiceError } from '../service-model.ts';
import { emitImageEvent } from '../services/ecr/image-event.ts';
import { digestOfBytes } from '../services/ecr/manifest.ts';
import {
  headerOf,
  notAllowed,
  registryError,
  type RegistryReply,
  type RegistryRequest,
} from './registry-reply.ts';

/** Larger manifests are refused, as registries commonly do. */
const MANIFEST_MAX = 4 * 1024 * 1024;

/** How the errors of ECR's API read in the registry protocol. */
const protocolErrors: Readonly<Record<string, readonly [number, string]>> = {
  ImageTagAlreadyExistsException: [400, 'TAG_INVALID'],
  ImageDigestDoesNotMatchException: [400, 'DIGEST_INVALID'],
  LayersNotFoundException: [404, 'MANIFEST_BLOB_UNKNOWN'],
  ReferencedImagesNotFoundException: [404, 'MANIFEST_UNKNOWN'],
  InvalidParameterException: [400, 'MANIFEST_INVALID'],
};

/** `/v2/<name>/manifests/<tag or digest>` */
export async function answerManifest(request: RegistryRequest): Promise<RegistryReply> {
  switch (request.method) {
    case 'GET':
    case 'HEAD':
      return read(request);
    case 'PUT':
      return write(request);
    case 'DELETE':
      return remove(request);
    default:
      return notAllowed(request);
  }
}

function read({ repository, reference }: RegistryRequest): RegistryReply {
  const image = repository.find(reference);
  if (image === undefined) return unknown(reference);
  return {
    status: 200,
    headers: {
      'content-type': image.manifest.mediaType,
      'content-length': Buffer.byteLength(image.body),
      'docker-content-digest': image.digest,
    },
    body: image.body,
  };
}

async function write(request: RegistryRequest): Promise<RegistryReply> {
  const { repository, reference, model, region } = request;
  const body = await textOf(request.body);
  if (body === undefined) {
    return registryError(413, 'SIZE_INVALID', `a manifest has at most ${MANIFEST_MAX} bytes`);
  }
  const byDigest = reference.startsWith('sha256:');
  try {
    model.putImage(region, repository.name, {
      body,
      mediaType: headerOf(request, 'content-type'),
      ...(byDigest ? { digest: reference } : { tag: reference }),
    });
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal !== undefined) return refusal;
  }
  const digest = digestOfBytes(body);
  const subject = repository.images.get(digest)?.manifest.subject;
  return {
    status: 201,
    headers: {
      location: `/v2/${repository.name}/manifests/${digest}`,
      'docker-content-digest': digest,
      ...(subject === undefined ? {} : { 'oci-subject': subject }),
    },
  };
}

/** Undefined when the image was there already, which is success in this protocol. */
function refusalOf(error: unknown): RegistryReply | undefined {
  if (!(error instanceof ServiceError)) throw error;
  if (error.code === 'ImageAlreadyExistsException') return undefined;
  const [status, code] = protocolErrors[error.code] ?? [500, 'UNKNOWN'];
  return registryError(status, code, error.message);
}

function remove({ repository, reference, model }: RegistryRequest): RegistryReply {
  const image = repository.find(reference);
  if (image === undefined) return unknown(reference);
  const isTag = reference !== image.digest;
  if (isTag) repository.untag(reference);
  else repository.remove(image);
  const tag = isTag ? reference : undefined;
  emitImageEvent(model, repository, { action: 'DELETE', image, tag });
  return { status: 202 };
}

const unknown = (reference: string): RegistryReply =>
  registryError(404, 'MANIFEST_UNKNOWN', `Requested image not found: ${reference}`);

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MANIFEST_MAX) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
