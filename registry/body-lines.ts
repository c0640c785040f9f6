import net from 'node:net';
import tls from 'node:tls';
import type { BlobStream } from '../core/ports.ts';
import { messageOf } from '../core/errors.ts';
import type { Traffic } from './http-client.ts';
import { RegistryError } from './registry-error.ts';
import { Watchdog } from './watchdog.ts';

/** Read at once where it can be: fewer turns for the same bytes. */
const SLAB_BYTES = 512 * 1024;

/** Kept for reuse: what is in flight at once, not more. */
const SLABS_MAX = 128;

/** What may wait in a line that is read more slowly than it is filled. */
const QUEUE_MAX = 4;

const HEAD_BYTES_MAX = 64 * 1024;
const IDLE_PER_ORIGIN = 8;

/** An answer; without content it is no success, or one of unknown length. */
export interface Body {
  readonly status: number;
  readonly location: string | undefined;
  readonly content: BlobStream | undefined;
}

interface BodyRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly traffic: Traffic;
  readonly stallMs: number;
  readonly secureContext: tls.SecureContext | undefined;
}

/** Connections that only ever carry whole bodies, and the memory they are read into. */
export class BodyLines {
  readonly #idle = new Map<string, Line[]>();
  readonly #slabs: Uint8Array[] = [];
  #isClosed = false;

  close(): void {
    this.#isClosed = true;
    for (const lines of this.#idle.values()) for (const line of lines) line.destroy();
    this.#idle.clear();
  }

  /** Opens a connection ahead of its use; one that fails is tried again by whoever needs it. */
  prepare(to: Pick<BodyRequest, 'url' | 'secureContext'>): void {
    this.#open(to).then(
      (line) => {
        this.#keep(to.url, line);
      },
      () => undefined,
    );
  }

  async get(request: BodyRequest): Promise<Body> {
    const { url, stallMs, traffic } = request;
    const line = await this.#line(request);
    const watch = new Watchdog(stallMs, () => {
      line.destroy(new Error(`no byte came for ${stallMs / 1_000} s`));
    });
    try {
      watch.begin();
      line.write(headOf(request));
      const head = await readHead(line);
      const length = Number(head.headers.get('content-length') ?? Number.NaN);
      const isBody = (head.status === 200 || head.status === 206) && Number.isInteger(length);
      const answer = { status: head.status, location: head.headers.get('location') };
      if (!isBody) {
        watch.stop();
        line.destroy();
        return { ...answer, content: undefined };
      }
      const end = () => {
        if (head.headers.get('connection') === 'close') line.destroy();
        else this.#keep(url, line);
      };
      const bytes = this.#read({ line, first: head.rest, length, watch, traffic, end });
      return { ...answer, content: this.#recycling(bytes) };
    } catch (error) {
      watch.stop();
      line.destroy();
      throw error;
    }
  }

  #recycling(content: AsyncIterable<Uint8Array>): BlobStream {
    return {
      [Symbol.asyncIterator]: () => content[Symbol.asyncIterator](),
      recycle: ({ buffer }) => {
        const isSlab = buffer.byteLength === SLAB_BYTES && this.#slabs.length < SLABS_MAX;
        if (isSlab) this.#slabs.push(new Uint8Array(buffer));
      },
    };
  }

  async *#read(body: {
    readonly line: Line;
    readonly first: Uint8Array;
    readonly length: number;
    readonly watch: Watchdog;
    readonly traffic: Traffic;
    readonly end: () => void;
  }): AsyncGenerator<Uint8Array, void> {
    const { line, length, watch, traffic } = body;
    let received = 0;
    let chunk = body.first;
    try {
      while (received < length) {
        watch.begin();
        if (chunk.length === 0) chunk = await line.next();
        watch.end();
        received += chunk.length;
        if (received > length) throw new Error('more came than the answer announced');
        traffic.bytesRead += chunk.length;
        yield chunk;
        chunk = new Uint8Array();
      }
    } catch (error) {
      throw new RegistryError('unreachable', messageOf(error), { cause: error });
    } finally {
      watch.stop();
      if (received === length) body.end();
      else line.destroy();
    }
  }

  async #line({ url, secureContext }: BodyRequest): Promise<Line> {
    const idle = this.#idle.get(url.origin);
    for (let line = idle?.pop(); line !== undefined; line = idle?.pop()) {
      if (line.isOpen) return line;
    }
    return this.#open({ url, secureContext });
  }

  #open({ url, secureContext }: Pick<BodyRequest, 'url' | 'secureContext'>): Promise<Line> {
    return Line.open(url, secureContext, () => this.#slabs.pop() ?? new Uint8Array(SLAB_BYTES));
  }

  #keep(url: URL, line: Line): void {
    const idle = this.#idle.get(url.origin) ?? [];
    this.#idle.set(url.origin, idle);
    if (idle.length < IDLE_PER_ORIGIN && !this.#isClosed) idle.push(line);
    else line.destroy();
  }
}

/** One connection, read as it is asked for. */
class Line {
  readonly #socket: net.Socket;
  #chunks: Uint8Array[] = [];
  #error: Error | undefined;
  #wake: () => void = () => undefined;

  /** `slab` gives memory to read into; over TLS the bytes come in memory of TLS's own. */
  static async open(
    url: URL,
    secureContext: tls.SecureContext | undefined,
    slab: () => Uint8Array,
  ): Promise<Line> {
    const isPlain = url.protocol === 'http:';
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const port = Number(url.port || (isPlain ? 80 : 443));
    const taker: { line?: Line } = {};
    const callback = (length: number, buffer: Uint8Array) => {
      taker.line?.take(buffer.subarray(0, length));
      return true;
    };
    const socket = isPlain
      ? net.connect({ host, port, noDelay: true, onread: { buffer: slab, callback } })
      : tls.connect({ host, port, servername: net.isIP(host) === 0 ? host : '', secureContext });
    const line = new Line(socket);
    taker.line = line;
    if (!isPlain) {
      socket.on('data', (chunk: Buffer) => {
        line.take(chunk);
      });
    }
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.once(isPlain ? 'connect' : 'secureConnect', resolve);
    });
    return line;
  }

  private constructor(socket: net.Socket) {
    this.#socket = socket;
    socket.on('error', (error) => {
      this.#error = error;
      this.#wake();
    });
    socket.on('close', () => {
      this.#error ??= new Error('the connection broke');
      this.#wake();
    });
  }

  get isOpen(): boolean {
    return this.#error === undefined && this.#chunks.length === 0;
  }

  write(text: string): void {
    this.#socket.write(text);
  }

  take(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    if (this.#chunks.length >= QUEUE_MAX) this.#socket.pause();
    this.#wake();
  }

  async next(): Promise<Uint8Array> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) {
        if (this.#socket.isPaused() && this.#chunks.length < QUEUE_MAX) this.#socket.resume();
        return chunk;
      }
      if (this.#error !== undefined) throw this.#error;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  destroy(error?: Error): void {
    this.#error ??= error ?? new Error('the connection was closed');
    this.#socket.destroy();
    this.#wake();
  }
}

function headOf({ url, headers }: BodyRequest): string {
  const fields = Object.entries({ host: url.host, connection: 'keep-alive', ...headers });
  const lines = fields.map(([name, value]) => `${name}: ${value}`);
  const head = [`GET ${url.pathname}${url.search} HTTP/1.1`, ...lines];
  if (head.some((line) => /[\r\n]/.test(line))) throw new Error('a header has more than one line');
  return `${head.join('\r\n')}\r\n\r\n`;
}

async function readHead(line: Line) {
  let bytes = Buffer.alloc(0);
  for (;;) {
    bytes = Buffer.concat([bytes, await line.next()]);
    const end = bytes.indexOf('\r\n\r\n');
    if (end < 0 && bytes.length > HEAD_BYTES_MAX) throw new Error('the answer has no end of head');
    if (end < 0) continue;
    const [first = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n');
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1] ?? 0);
    const headers = new Map(
      lines.map((each) => {
        const colon = each.indexOf(':');
        return [each.slice(0, colon).toLowerCase(), each.slice(colon + 1).trim()] as const;
      }),
    );
    return { status, headers, rest: bytes.subarray(end + 4) };
  }
}
