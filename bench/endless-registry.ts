import { createHash } from 'node:crypto';
import http from 'node:http';

// `node bench/endless-registry.ts PORT [MIB ...]`: a registry without a disk. The layers it gives are
// made as they are read, one for each size; those it takes are hashed and forgotten.

const [, , port = '0', ...sizes] = process.argv;
const MIB = 1024 * 1024;
const REPOSITORY = 'bench/app';

interface Layer {
  readonly size: number;
  /** Given over and over; none for what was taken. */
  readonly block?: Buffer;
}

const blobs = new Map<string, Layer>();
const manifests = new Map<string, { readonly type: string; readonly body: Buffer }>();

if (sizes.length > 0) makeImage();
const server = http.createServer((request, response) => {
  answer(request, response).catch(() => response.destroy());
});
server.listen(Number(port), '127.0.0.1', () => {
  process.stdout.write('ready\n');
});

/** An image of one layer for each size, under the tag `large`. */
function makeImage(): void {
  const layers = sizes.map((size, at) => {
    const block = Buffer.alloc(MIB, createHash('sha512').update(`layer ${at}`).digest());
    const hash = createHash('sha256');
    for (let count = 0; count < Number(size); count += 1) hash.update(block);
    const digest = `sha256:${hash.digest('hex')}`;
    blobs.set(digest, { size: Number(size) * MIB, block });
    return {
      mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
      digest,
      size: Number(size) * MIB,
    };
  });
  const config = Buffer.from(
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
    }),
  );
  const digest = digestOf(config);
  blobs.set(digest, { size: config.length, block: config });
  const mediaType = 'application/vnd.oci.image.config.v1+json';
  const type = 'application/vnd.oci.image.manifest.v1+json';
  const body = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: type,
      config: { mediaType, digest, size: config.length },
      layers,
    }),
  );
  manifests.set('large', { type, body });
  manifests.set(digestOf(body), { type, body });
}

async function answer(request: http.IncomingMessage, response: http.ServerResponse) {
  const { method = 'GET' } = request;
  const url = new URL(request.url ?? '/', 'http://any');
  if (url.pathname === '/forget') forget();
  const [, kind = '', name = ''] = /\/(manifests|blobs)\/(.+)$/.exec(url.pathname) ?? [];
  if (kind === 'manifests') return answerManifest(request, response, name);
  if (method === 'POST' || method === 'PATCH' || method === 'PUT') {
    return takeBlob(request, response, url.searchParams.get('digest'));
  }
  if (kind === 'blobs') return giveBlob(request, response, name);
  response.writeHead(url.pathname === '/v2/' ? 200 : 404).end();
}

/** What was taken, but not what is made. */
function forget(): void {
  if (sizes.length > 0) return;
  blobs.clear();
  manifests.clear();
}

async function answerManifest(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  reference: string,
) {
  if (request.method === 'PUT') {
    const body = Buffer.concat((await request.toArray()) as Buffer[]);
    const manifest = { type: request.headers['content-type'] ?? '', body };
    manifests.set(reference, manifest);
    manifests.set(digestOf(body), manifest);
    response.writeHead(201, { 'docker-content-digest': digestOf(body) }).end();
    return;
  }
  const found = manifests.get(reference);
  if (found === undefined) {
    response.writeHead(404).end();
    return;
  }
  const { type, body } = found;
  response.writeHead(200, {
    'content-type': type,
    'content-length': body.length,
    'docker-content-digest': digestOf(body),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

async function giveBlob(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  digest: string,
) {
  const found = blobs.get(digest);
  if (found === undefined) {
    response.writeHead(404).end();
    return;
  }
  const { size, block = Buffer.alloc(0) } = found;
  const from = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
  response.writeHead(from === 0 ? 200 : 206, { 'content-length': size - from });
  for (let at = from; at < size && request.method !== 'HEAD';) {
    const part = block.subarray(at % block.length);
    at += part.length;
    if (!response.write(part)) await new Promise((resolve) => response.once('drain', resolve));
    if (response.destroyed) return;
  }
  response.end();
}

/** POST opens an upload, PATCH and PUT bring bytes, PUT with a digest ends it. */
async function takeBlob(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  digest: string | null,
) {
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) size += chunk.length;
  if (digest !== null) blobs.set(digest, { size });
  const location = `/v2/${REPOSITORY}/blobs/uploads/${performance.now()}`;
  const range = `0-${Math.max(0, size - 1)}`;
  response.writeHead(digest === null ? 202 : 201, { location, range }).end();
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
