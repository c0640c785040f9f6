import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { answerBlob, contentOf } from './blobs.ts';
import { listReferrers, listTags } from './listings.ts';
import { answerManifest } from './manifests.ts';
import {
  HANG_UP,
  registryError,
  type RegistryContext,
  type RegistryProfile,
  type RegistryReply,
  type RegistryRequest,
} from './registry-reply.ts';
import { type Route, routeOf } from './registry-route.ts';
import { continueUpload, startUpload } from './uploads.ts';
import type { EcrModel } from '../services/ecr/ecr-model.ts';

export interface RegistryServerOptions {
  readonly model: EcrModel;
  readonly region: string;
  /** Default: the plain distribution specification. */
  readonly profile?: RegistryProfile;
  /** Default: a free one. */
  readonly port?: number;
}

/**
 * The registry of one region on a loopback port, for docker, skopeo, crane and our own copier. It
 * shares its content with ECR's API and hangs up while its region is down.
 */
export class RegistryServer {
  readonly #context: RegistryContext;
  readonly #port: number;
  readonly #server: Server;

  constructor(options: RegistryServerOptions) {
    const { model, region, profile = 'oci', port = 0 } = options;
    this.#context = { model, region, profile };
    this.#port = port;
    this.#server = createServer((request, response) => {
      void this.#serve(request, response);
    });
    this.#server.on('connection', (socket) => {
      if (!model.hub.isUp(region)) socket.destroy();
    });
  }

  /** Starts to listen; the address is also the one that GetAuthorizationToken answers. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#port, '127.0.0.1', resolve);
    });
    const { port } = this.#server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}`;
    this.#context.model.setRegistryUrl(this.#context.region, url);
    return url;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const { model, region } = this.#context;
      const reply = model.hub.isUp(region) ? await answer(this.#context, request) : HANG_UP;
      if (reply === HANG_UP) request.socket.destroy();
      else await send(request, response, reply);
    } catch (error) {
      // The client is told; one that went away mid-transfer has no answer to receive.
      const text = error instanceof Error ? error.message : String(error);
      if (response.headersSent || request.destroyed) response.destroy();
      else await send(request, response, registryError(500, 'UNKNOWN', text));
    }
  }
}

async function answer(
  context: RegistryContext,
  message: IncomingMessage,
): Promise<RegistryReply | typeof HANG_UP> {
  const url = new URL(message.url ?? '/', 'http://registry');
  const route = routeOf(decodeURIComponent(url.pathname));
  if (route === undefined) return registryError(404, 'UNSUPPORTED', `no such path ${url.pathname}`);
  if (route.name === 'layer') return answerLayer(context, url, message.headers.range);
  if (!hasCredentials(message.headers.authorization)) return unauthorized;
  if (route.name === 'base') return { status: 200, headers: version, body: '{}' };
  const repository = context.model.find(context.region, route.repository);
  const { method = 'GET', headers } = message;
  if (repository === undefined) {
    // ECR hangs up on an upload to a repository that does not exist.
    if (context.profile === 'ecr-quirks' && method === 'POST') return HANG_UP;
    const text = `The repository with name '${route.repository}' does not exist in the registry`;
    return registryError(404, 'NAME_UNKNOWN', text);
  }
  const { reference } = route;
  return dispatch(route, {
    ...context,
    method,
    url,
    headers,
    body: message as AsyncIterable<Uint8Array>,
    repository,
    reference,
  });
}

async function dispatch(route: Route, request: RegistryRequest): Promise<RegistryReply> {
  switch (route.name) {
    case 'manifest':
      return answerManifest(request);
    case 'blob':
      return answerBlob(request);
    case 'uploads':
      return startUpload(request);
    case 'upload':
      return continueUpload(request);
    case 'tags':
      return listTags(request);
    case 'referrers':
      return listReferrers(request);
    case 'base':
    case 'layer':
      throw new Error(`the registry answers ${route.name} before it looks for a repository`);
  }
}

/** A download link carries its own permission. */
function answerLayer(
  { model }: RegistryContext,
  url: URL,
  range: string | undefined,
): RegistryReply {
  const found = model.links.open(url);
  if (found === 'forbidden') return registryError(403, 'DENIED', 'The link is expired or altered');
  if (found === undefined) return registryError(404, 'BLOB_UNKNOWN', 'The layer is gone');
  return contentOf(found, range);
}

const version = { 'docker-distribution-api-version': 'registry/2.0' };

const unauthorized: RegistryReply = {
  ...registryError(401, 'UNAUTHORIZED', 'Not Authorized: log in as AWS with an ECR token'),
  headers: { ...version, 'www-authenticate': 'Basic realm="farshore",service="ecr.amazonaws.com"' },
};

/** ECR's user is always AWS; the password is any token, as the local cloud keeps no secrets. */
function hasCredentials(authorization: string | undefined): boolean {
  const encoded = /^Basic (.+)$/i.exec(authorization ?? '')?.[1];
  return encoded !== undefined && /^AWS:.+$/.test(Buffer.from(encoded, 'base64').toString());
}

async function send(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers = {}, body = '' }: RegistryReply,
): Promise<void> {
  response.writeHead(status, { ...version, ...headers });
  if (request.method === 'HEAD') {
    if (body instanceof Readable) body.destroy();
    response.end();
  } else if (body instanceof Readable) await pipeline(body, response);
  else response.end(body);
  // A refused request may still be sending; what nobody reads must not hold the connection.
  if (!request.complete) request.resume();
}
