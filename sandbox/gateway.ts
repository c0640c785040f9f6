import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AdminError, adminRoutes } from './admin-routes.ts';
import type { AdminRoute } from './admin-routes.ts';
import type { Cloud } from './cloud.ts';
import { UnreachableError } from './faults.ts';
import { isLoopbackAddress, isLoopbackHost } from './loopback.ts';
import { WireDoor } from './wire/wire-door.ts';
import type { WireRequest, WireResponse } from './wire/wire-message.ts';

export interface GatewayOptions {
  /** 0 or left out for a free one. */
  readonly port?: number;
  /** Answer of `GET /_farshore/status`. */
  readonly status: () => unknown;
  /** Further names below `/_farshore/`. */
  readonly routes?: Readonly<Record<string, AdminRoute>>;
  /** Runs before each request, so that a clock can catch up. */
  readonly onRequest?: () => void;
  /** Is told of errors that are the local cloud's own. */
  readonly onDefect: (error: unknown) => void;
}

/** Bodies above this are refused: no API that the local cloud serves takes more in one call. */
const BODY_BYTES_MAX = 64 * 1024 * 1024;

const ADMIN = '/_farshore/';

/** The local cloud's HTTP port: AWS's APIs, open objects, and the admin API. Loopback only. */
export class Gateway {
  readonly #cloud: Cloud;
  readonly #options: GatewayOptions;
  readonly #door: WireDoor;
  readonly #routes: Readonly<Record<string, AdminRoute>>;
  readonly #server: Server;

  constructor(cloud: Cloud, options: GatewayOptions) {
    this.#cloud = cloud;
    this.#options = options;
    this.#door = new WireDoor(cloud, options.onDefect);
    this.#routes = { ...adminRoutes(cloud, options.status), ...options.routes };
    this.#server = createServer((request, response) => {
      this.#handle(request, response).catch((error: unknown) => {
        options.onDefect(error);
        response.destroy();
      });
    });
  }

  /** Listens and returns the endpoint, such as `http://127.0.0.1:4566`. */
  listen(): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#options.port ?? 0, '127.0.0.1', () => {
        const { port } = this.#server.address() as AddressInfo;
        resolve(`http://127.0.0.1:${port}`);
      });
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => {
        resolve();
      });
      this.#server.closeAllConnections();
    });
  }

  async #handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const refusal = refusalOf(message);
    const request = refusal === undefined ? await readRequest(message) : undefined;
    if (request === undefined) {
      refuse(response, refusal ?? 413);
      return;
    }
    this.#options.onRequest?.();
    const answer = request.path.startsWith(ADMIN)
      ? await this.#administer(request)
      : await this.#serve(request);
    if (answer === undefined) {
      // What a caller sees of a region that is down: a connection that ends without an answer.
      message.socket.destroy();
      return;
    }
    send(response, answer);
  }

  async #serve(request: WireRequest): Promise<WireResponse | undefined> {
    const isSigned =
      request.headers['authorization'] !== undefined || request.query.has('X-Amz-Credential');
    if (isSigned || request.method !== 'GET') return this.#door.serve(request);
    const [, bucket = '', ...key] = decodeURIComponent(request.path).split('/');
    try {
      const answer = await this.#cloud.hub.openObject(undefined, bucket, key.join('/'));
      return { ...answer, headers: { 'content-type': 'text/plain' } };
    } catch (error) {
      if (error instanceof UnreachableError) return undefined;
      throw error;
    }
  }

  async #administer({ method, path, query, headers, body }: WireRequest): Promise<WireResponse> {
    const name = path.slice(ADMIN.length);
    const route = Object.hasOwn(this.#routes, name) ? this.#routes[name] : undefined;
    if (route === undefined) {
      return answerJson(404, { error: `Use one of ${Object.keys(this.#routes).join(', ')}.` });
    }
    // A web page can post forms and text to this port without asking, but not this type.
    const isJson = headers['content-type']?.startsWith('application/json') === true;
    if (method !== 'GET' && body.length > 0 && !isJson) {
      return answerJson(415, { error: 'Send application/json.' });
    }
    try {
      const text = new TextDecoder().decode(body);
      const parsed = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
      return answerJson(200, await route({ method, query, body: parsed }));
    } catch (error) {
      const status = error instanceof AdminError ? error.status : 400;
      return answerJson(status, { error: error instanceof Error ? error.message : String(error) });
    }
  }
}

function refusalOf({ socket, headers }: IncomingMessage): 403 | 421 | undefined {
  if (!isLoopbackAddress(socket.remoteAddress)) return 403;
  return isLoopbackHost(headers.host) ? undefined : 421;
}

async function readRequest(message: IncomingMessage): Promise<WireRequest | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_BYTES_MAX) return undefined;
    chunks.push(chunk);
  }
  const [path = '/', search = ''] = splitOnce(message.url ?? '/', '?');
  const headers = Object.entries(message.headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(', ') : (value ?? ''),
  ]);
  return {
    method: message.method ?? 'GET',
    path,
    query: new URLSearchParams(search),
    headers: Object.fromEntries(headers) as Record<string, string>,
    body: Buffer.concat(chunks),
  };
}

function splitOnce(text: string, separator: string): readonly string[] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function send(response: ServerResponse, answer: WireResponse): void {
  const hasBody = response.req.method !== 'HEAD' && answer.status !== 204;
  const length = Buffer.byteLength(answer.body);
  response.writeHead(answer.status, {
    ...answer.headers,
    ...(hasBody && { 'content-length': String(length) }),
  });
  response.end(hasBody ? answer.body : undefined);
}

function answerJson(status: number, value: unknown): WireResponse {
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
  return { status, headers, body: JSON.stringify(value ?? {}) };
}

function refuse(response: ServerResponse, status: 403 | 413 | 421): void {
  const reasons = {
    403: 'The local cloud answers this machine only.',
    413: `The local cloud takes bodies of up to ${BODY_BYTES_MAX} bytes.`,
    421: 'The local cloud answers to 127.0.0.1 and localhost only; check the Host header.',
  };
  response.writeHead(status, { 'content-type': 'text/plain', connection: 'close' });
  response.end(`${reasons[status]}\n`);
}
