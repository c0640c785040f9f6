import http from 'node:http';
import https from 'node:https';
import { messageOf } from '../core/errors.ts';
import { type Body, BodyLines } from './body-lines.ts';
import { ReadyConnections } from './ready-connections.ts';
import { RegistryError } from './registry-error.ts';
import type { FindTrust } from './trusted-certificates.ts';
import { Watchdog } from './watchdog.ts';
import { whyUntrusted } from './why-untrusted.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly body?: Uint8Array | Streamed;
}

/** A body that is sent as it comes. */
interface Streamed {
  readonly length: number;
  readonly content: AsyncIterable<Uint8Array>;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly message: http.IncomingMessage;
}

/** What went over the wire; `bytes` are bodies. */
export interface Traffic {
  requests: number;
  bytesRead: number;
  bytesSent: number;
  retries: number;
  throttles: number;
}

/** Where the bytes of a body came from failed, not the registry they went to. */
export class ContentFailed extends Error {
  override readonly name = 'ContentFailed';
}

const trustNothingMore: FindTrust = () => undefined;

/** A peer that sends nothing for this long is given up; the request is then tried again. */
const STALL_MS = 30_000;

/** A registry may hash or move a whole layer before it answers its last byte. */
const ANSWER_MS_MAX = 180_000;

/**
 * HTTP/1.1 with a pool of connections for each host. HTTP/2 would put all layers through one
 * connection and so through one congestion window.
 */
export class HttpClient {
  readonly traffic: Traffic = {
    requests: 0,
    bytesRead: 0,
    bytesSent: 0,
    retries: 0,
    throttles: 0,
  };
  readonly #agents: { readonly http: http.Agent; readonly https: https.Agent };
  readonly #ready: { readonly http: ReadyConnections; readonly https: ReadyConnections };
  readonly #lines = new BodyLines();
  readonly #stallMs: number;
  readonly #trust: FindTrust;

  constructor({ socketsPerHost = 32, stallMs = STALL_MS, trust = trustNothingMore } = {}) {
    const pool = { keepAlive: true, maxSockets: socketsPerHost, noDelay: true };
    this.#agents = { http: new http.Agent(pool), https: new https.Agent(pool) };
    this.#ready = {
      http: new ReadyConnections(this.#agents.http, pool),
      https: new ReadyConnections(this.#agents.https, pool),
    };
    this.#stallMs = stallMs;
    this.#trust = trust;
  }

  /** Opens connections for so many requests, and for bodies, that will come in a moment. */
  prepare(url: URL, { requests, bodies }: { readonly requests: number; readonly bodies: number }) {
    const secureContext = this.#secureContext(url);
    const ready = this.#ready[url.protocol === 'http:' ? 'http' : 'https'];
    ready.open(url, { count: requests, secureContext });
    for (let opened = 0; opened < bodies; opened += 1) this.#lines.prepare({ url, secureContext });
  }

  close(): void {
    this.#ready.http.close();
    this.#ready.https.close();
    this.#agents.http.destroy();
    this.#agents.https.destroy();
    this.#lines.close();
  }

  /** Sends a request; resolves with the answer's head. Whoever asks must read or drop its body. */
  async send(asked: HttpRequest): Promise<HttpAnswer> {
    this.traffic.requests += 1;
    const request = this.#begin(asked);
    const answered = answerOf(request);
    try {
      return await this.#deliver(request, answered, asked);
    } catch (error) {
      request.destroy();
      if (error instanceof RegistryError || error instanceof ContentFailed) throw error;
      throw unreachable(asked.url, error);
    }
  }

  /**
   * Asks for a body that comes over a connection of its own, past the HTTP parser, which would
   * copy every byte. It has content only when it is a success of known length: `send` takes all.
   */
  async body(url: URL, headers: Readonly<Record<string, string | number>>): Promise<Body> {
    this.traffic.requests += 1;
    const { traffic } = this;
    const secureContext = this.#secureContext(url);
    try {
      return await this.#lines.get({
        url,
        headers,
        traffic,
        stallMs: this.#stallMs,
        secureContext,
      });
    } catch (error) {
      throw unreachable(url, error);
    }
  }

  /** The bytes of an answer; fails when none comes for too long while somebody waits. */
  async *read({ message }: HttpAnswer): AsyncGenerator<Uint8Array, void> {
    const watch = new Watchdog(this.#stallMs, () => {
      message.destroy(new Error(`no byte came for ${this.#stallMs / 1_000} s`));
    });
    try {
      watch.begin();
      for await (const chunk of message as AsyncIterable<Uint8Array>) {
        watch.end();
        this.traffic.bytesRead += chunk.length;
        yield chunk;
        watch.begin();
      }
      if (!message.complete) throw new Error('the connection broke');
    } catch (error) {
      throw new RegistryError('unreachable', messageOf(error), { cause: error });
    } finally {
      watch.stop();
    }
  }

  /** Whom to trust over TLS; undefined over plain HTTP, and for those whom Node trusts. */
  #secureContext({ protocol, host }: URL) {
    return protocol === 'http:' ? undefined : this.#trust(host);
  }

  #begin({ method, url, headers = {}, body }: HttpRequest): http.ClientRequest {
    const isPlain = url.protocol === 'http:';
    const agent = isPlain ? this.#agents.http : this.#agents.https;
    const length = body === undefined ? undefined : body.length;
    // Registries want a length with every POST and PUT, also without a body.
    const needsLength = method === 'POST' || method === 'PUT' || method === 'PATCH';
    const sized = length ?? (needsLength ? 0 : undefined);
    // The agent hands it to TLS, although the types of a request do not name it.
    const secureContext = this.#secureContext(url);
    const options = {
      method,
      agent,
      secureContext,
      headers: { ...headers, ...(sized === undefined ? {} : { 'content-length': sized }) },
    };
    return (isPlain ? http : https).request(url, options);
  }

  async #deliver(
    request: http.ClientRequest,
    answered: Answered,
    { body }: HttpRequest,
  ): Promise<HttpAnswer> {
    if (body === undefined || body instanceof Uint8Array) {
      this.traffic.bytesSent += body?.length ?? 0;
      request.end(body);
      return within(this.#stallMs, answered.head);
    }
    await this.#pour(request, answered, body.content);
    return within(Math.max(this.#stallMs, ANSWER_MS_MAX), answered.head);
  }

  /** Sends a stream, as fast as the registry takes it, unless it answers before the end. */
  async #pour(
    request: http.ClientRequest,
    answered: Answered,
    content: AsyncIterable<Uint8Array>,
  ): Promise<void> {
    const iterator = content[Symbol.asyncIterator]();
    try {
      for (;;) {
        const { done, value } = await nextOf(iterator);
        if (done === true || answered.isSettled) break;
        this.traffic.bytesSent += value.length;
        // The chunk is filled again once the next is asked for, so it has to be gone by then.
        await within(this.#stallMs, Promise.race([flushed(request, value), answered.head]));
      }
    } finally {
      await iterator.return?.();
    }
    if (!answered.isSettled) {
      request.end();
      return;
    }
    // Half a request is on the wire: the connection is of no use once the answer was read.
    const { message } = await answered.head;
    message.once('end', () => request.destroy());
  }
}

interface Answered {
  readonly head: Promise<HttpAnswer>;
  isSettled: boolean;
}

function answerOf(request: http.ClientRequest): Answered {
  const head = new Promise<HttpAnswer>((resolve, reject) => {
    request.on('error', reject);
    request.on('response', (message) => {
      // Nobody may be reading when the connection breaks; the reader learns it from the stream.
      message.on('error', () => undefined);
      resolve({ status: message.statusCode ?? 0, headers: message.headers, message });
    });
  });
  const answered: Answered = { head, isSettled: false };
  const settle = () => {
    answered.isSettled = true;
  };
  head.then(settle, settle);
  return answered;
}

async function nextOf(
  iterator: AsyncIterator<Uint8Array>,
): Promise<IteratorResult<Uint8Array, unknown>> {
  try {
    return await iterator.next();
  } catch (error) {
    throw new ContentFailed(messageOf(error), { cause: error });
  }
}

/** The bytes are with the system; an error is told by the answer that will not come. */
function flushed(request: http.ClientRequest, chunk: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    request.write(chunk, (error) => {
      if (error == null) resolve();
    });
  });
}

async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`nothing happened for ${limitMs / 1_000} s`));
    }, limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function unreachable(url: URL, error: unknown): RegistryError {
  const { code } = error as { readonly code?: string };
  const distrust = whyUntrusted(url.host, error);
  if (distrust !== undefined) {
    return new RegistryError('untrusted', `${url.host}: ${distrust}`, { cause: error, code });
  }
  const why = whyUnreachable[code ?? ''] ?? (messageOf(error) || (code ?? 'no answer'));
  return new RegistryError('unreachable', `${url.host}: ${why}`, { cause: error, code });
}

const whyUnreachable: Readonly<Record<string, string>> = {
  ENOTFOUND: 'there is no such host; check the name of the registry',
  EAI_AGAIN: 'the name could not be looked up; check the network',
  ECONNREFUSED: 'nothing listens there; check the address and the port',
  ETIMEDOUT: 'no answer came; check the network',
};
