import { Authorizer } from './authorizer.ts';
import type { Body } from './body-lines.ts';
import type { FindCredentials } from './credentials.ts';
import type { HttpAnswer, HttpClient, HttpRequest } from './http-client.ts';
import { isLoopback } from './image-reference.ts';
import { readText } from './read-text.ts';
import { refusalOf, RegistryError } from './registry-error.ts';
import { parseRetryAfter, RetryLater, type RetryMeans, retrying } from './retry.ts';

export interface RegistryClientOptions {
  readonly host: string;
  readonly scheme: 'http' | 'https';
  readonly http: HttpClient;
  readonly credentials: FindCredentials;
  readonly means: RetryMeans;
  /** Whether layers are written here: asks for push permission with the first token. */
  readonly access: 'pull' | 'pull,push';
}

export interface RegistryCall extends Omit<HttpRequest, 'url'> {
  /** Below `/v2/`, or where the registry sent us. */
  readonly url: string | URL;
  readonly repository: string;
  /** Statuses that are an answer rather than a failure. */
  readonly expect: readonly number[];
  /** What is asked for, for messages. */
  readonly what: string;
}

const ERROR_BYTES_MAX = 64 * 1024;

/** Speaks to one registry: logs in when asked, waits when told to, tries again what may succeed. */
export class RegistryClient {
  readonly host: string;
  readonly http: HttpClient;
  readonly means: RetryMeans;
  readonly #base: string;
  readonly #access: string;
  readonly #authorizer: Authorizer;
  readonly #agent = { 'user-agent': 'farshore' };

  constructor(options: RegistryClientOptions) {
    const { host, scheme, http, credentials, means, access } = options;
    this.host = host;
    this.http = http;
    this.means = means;
    this.#base = `${scheme}://${host}`;
    this.#access = access;
    this.#authorizer = new Authorizer({ http, host, credentials });
  }

  /** Calls until it is answered as expected; only for bodies that can be sent again. */
  async call(call: RegistryCall, attemptsMax?: number): Promise<HttpAnswer> {
    const limit = attemptsMax === undefined ? {} : { attemptsMax };
    const onRetry = (error: unknown) => {
      this.noteRetry(error);
    };
    return retrying({ means: this.means, onRetry, ...limit }, () => this.once(call));
  }

  /** The same without another try. */
  async once(call: RegistryCall): Promise<HttpAnswer> {
    const answer = await this.#send(call, this.#scopeOf(call.repository));
    if (call.expect.includes(answer.status)) return answer;
    throw await this.#refusal(call, answer);
  }

  /** Asks for a blob over a connection for bodies; without content, `once` tells why. */
  async body(call: Pick<RegistryCall, 'url' | 'repository' | 'headers'>): Promise<Body> {
    const url = this.#resolve(call.url);
    const authorization =
      url.host === this.host
        ? await this.#authorizer.header(this.#scopeOf(call.repository))
        : undefined;
    return this.http.body(url, {
      ...this.#agent,
      ...call.headers,
      ...(authorization === undefined ? {} : { authorization }),
    });
  }

  noteRetry(error: unknown): void {
    this.http.traffic.retries += 1;
    if (error instanceof RegistryError && error.failure === 'throttled') {
      this.http.traffic.throttles += 1;
    }
  }

  /** An answer's body goes unread; the connection is then free again. */
  drop({ message }: HttpAnswer): void {
    message.resume();
  }

  /** Where a `Location` leads; refuses to leave HTTPS. */
  locate(location: string | undefined, from: URL | string): URL {
    const url = new URL(location ?? '', this.#resolve(from));
    if (url.protocol !== 'https:' && !isLoopback(url.host)) {
      throw new RegistryError('refused', `${this.host} sends us to ${url.host} over plain HTTP`);
    }
    return url;
  }

  async #send(call: RegistryCall, scope: string): Promise<HttpAnswer> {
    const url = this.#resolve(call.url);
    // A permission of this registry must not reach the store that it sends us to.
    const isOwn = url.host === this.host;
    const asked = (authorization: string | undefined) => ({
      method: call.method,
      url,
      headers: {
        ...this.#agent,
        ...call.headers,
        ...(authorization === undefined ? {} : { authorization }),
      },
      ...(call.body === undefined ? {} : { body: call.body }),
    });
    const answer = await this.http.send(
      asked(isOwn ? await this.#authorizer.header(scope) : undefined),
    );
    const isRepeatable = call.body === undefined || call.body instanceof Uint8Array;
    const challenge = answer.headers['www-authenticate'];
    // Without a challenge there is nothing to answer: what it says of itself is the failure.
    const isAnswerable = answer.status === 401 && isOwn && isRepeatable;
    if (!isAnswerable || challenge === undefined) return answer;
    this.drop(answer);
    this.#authorizer.challenged(challenge, scope);
    return this.http.send(asked(await this.#authorizer.header(scope)));
  }

  async #refusal({ what }: RegistryCall, answer: HttpAnswer): Promise<RegistryError> {
    const body = await readText(this.http, answer, ERROR_BYTES_MAX);
    const error = refusalOf({ what: `${this.host}: ${what}`, status: answer.status, body });
    const afterMs = parseRetryAfter(answer.headers['retry-after'], answer.headers.date);
    return afterMs === undefined ? error : new RetryLater(error, afterMs);
  }

  #scopeOf(repository: string): string {
    return `repository:${repository}:${this.#access}`;
  }

  #resolve(url: string | URL): URL {
    return typeof url === 'string' ? new URL(`/v2/${url}`, this.#base) : url;
  }
}
