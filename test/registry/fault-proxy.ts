import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** What happens to one request on its way. */
export type Fault =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: http.OutgoingHttpHeaders;
      readonly body?: string;
    }
  /** The connection breaks after so many bytes of the registry's answer. */
  | { readonly kind: 'reset-answer'; readonly bytes: number }
  /** Nothing more comes after so many bytes of the registry's answer. */
  | { readonly kind: 'stall-answer'; readonly bytes: number }
  /** The connection breaks after so many bytes of the request reached the registry. */
  | { readonly kind: 'reset-request'; readonly bytes: number }
  /** The connection ends without an answer, and the registry hears nothing. */
  | { readonly kind: 'hang-up' }
  /** The request's body trickles. */
  | { readonly kind: 'slow'; readonly bytesPerMs: number };

export interface ProxiedRequest {
  readonly method: string;
  readonly path: string;
  /** How many requests of this method and kind of path came before. */
  readonly nth: number;
}

export type FaultRule = (request: ProxiedRequest) => Fault | undefined;

/** Told of every request with 0 bytes, then of the bytes of its body as they come. */
export type RequestWatcher = (request: ProxiedRequest, bytes: number) => void;

/** A proxy before one registry. */
export async function startFaultProxy(
  upstream: string,
  rule: FaultRule,
  watch: RequestWatcher = () => undefined,
) {
  const counts = new Map<string, number>();
  const server = http.createServer((request, response) => {
    const { method = 'GET', url = '/' } = request;
    const kind = `${method} ${url.replace(/\/(blobs\/uploads|blobs|manifests|referrers)\/.*/, '/$1')}`;
    const nth = counts.get(kind) ?? 0;
    counts.set(kind, nth + 1);
    const proxied = { method, path: url, nth };
    watch(proxied, 0);
    request.on('data', (chunk: Buffer) => {
      watch(proxied, chunk.length);
    });
    request.pause();
    pass({ request, response, upstream, fault: rule(proxied) });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
    },
  };
}

interface Passing {
  readonly request: http.IncomingMessage;
  readonly response: http.ServerResponse;
  readonly upstream: string;
  readonly fault: Fault | undefined;
}

function pass({ request, response, upstream, fault }: Passing): void {
  if (fault?.kind === 'hang-up') {
    request.socket.destroy();
    return;
  }
  if (fault?.kind === 'answer') {
    request.resume();
    response.writeHead(fault.status, fault.headers ?? {}).end(fault.body ?? '');
    return;
  }
  const [host, port] = upstream.split(':');
  const forwarded = http.request({
    host,
    port,
    method: request.method,
    path: request.url,
    headers: { ...request.headers, host: upstream },
    agent: false,
  });
  // Node takes the socket from a request that is done with.
  const { socket } = request;
  const breakOff = () => {
    forwarded.destroy();
    socket.destroy();
  };
  forwarded.on('error', breakOff);
  request.on('error', () => forwarded.destroy());
  response.on('error', () => forwarded.destroy());
  void forward(request, forwarded, fault).then((isWhole) => {
    if (isWhole) forwarded.end();
    else breakOff();
  }, breakOff);
  forwarded.on('response', (answer) => {
    // What the registry says of itself must lead back here.
    const location = answer.headers.location?.replace(`http://${upstream}`, '');
    response.writeHead(answer.statusCode ?? 502, {
      ...answer.headers,
      ...(location === undefined ? {} : { location }),
    });
    void giveBack(answer, response, fault).catch(breakOff);
  });
}

/** Returns whether all of the body may go. */
async function forward(
  request: http.IncomingMessage,
  forwarded: http.ClientRequest,
  fault: Fault | undefined,
): Promise<boolean> {
  let sent = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    if (fault?.kind === 'reset-request' && sent + chunk.length > fault.bytes) {
      const part = chunk.subarray(0, Math.max(0, fault.bytes - sent));
      await new Promise((resolve) => forwarded.write(part, resolve));
      await new Promise((resolve) => setTimeout(resolve, 5));
      return false;
    }
    if (fault?.kind === 'slow') {
      await new Promise((resolve) => setTimeout(resolve, chunk.length / fault.bytesPerMs));
    }
    sent += chunk.length;
    if (!forwarded.write(chunk)) await new Promise((resolve) => forwarded.once('drain', resolve));
  }
  return true;
}

async function giveBack(
  answer: http.IncomingMessage,
  response: http.ServerResponse,
  fault: Fault | undefined,
): Promise<void> {
  let given = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    const isCut = fault?.kind === 'reset-answer' || fault?.kind === 'stall-answer';
    if (isCut && given + chunk.length > fault.bytes) {
      response.write(chunk.subarray(0, Math.max(0, fault.bytes - given)));
      if (fault.kind === 'reset-answer') setTimeout(() => response.destroy(), 5);
      return;
    }
    given += chunk.length;
    if (!response.write(chunk)) await new Promise((resolve) => response.once('drain', resolve));
  }
  response.end();
}
