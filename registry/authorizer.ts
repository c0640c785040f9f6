import type { Credentials, FindCredentials } from './credentials.ts';
import type { HttpClient } from './http-client.ts';
import { isLoopback } from './image-reference.ts';
import { readText } from './read-text.ts';
import { refusalOf, RegistryError } from './registry-error.ts';

/** What a registry answers with 401: how it wants to be asked. */
export interface Challenge {
  readonly scheme: 'basic' | 'bearer';
  readonly realm: string;
  readonly service?: string;
}

/** A token is renewed this long before its end, in ms: the call it is for takes time too. */
const RENEW_EARLY_MS = 20_000;

/** The specification's life of a token whose answer does not say. */
const TOKEN_LIFE_S = 60;

const TOKEN_BYTES_MAX = 64 * 1024;

/** Logs in to one registry when it asks for it, and keeps the tokens it got. */
export class Authorizer {
  readonly #http: HttpClient;
  readonly #host: string;
  readonly #find: FindCredentials;
  readonly #tokens = new Map<string, Promise<Token>>();
  #challenge: Challenge | undefined;
  #credentials: Promise<Credentials | undefined> | undefined;

  constructor(options: {
    readonly http: HttpClient;
    readonly host: string;
    readonly credentials: FindCredentials;
  }) {
    this.#http = options.http;
    this.#host = options.host;
    this.#find = options.credentials;
  }

  /** The header for a scope such as `repository:team/app:pull`; none before the first 401. */
  async header(scope: string): Promise<string | undefined> {
    const challenge = this.#challenge;
    if (challenge === undefined) return undefined;
    this.#credentials ??= this.#find(this.#host);
    const credentials = await this.#credentials;
    if (challenge.scheme === 'basic') {
      return credentials === undefined ? undefined : basic(credentials);
    }
    const kept = this.#tokens.get(scope);
    if (kept !== undefined && (await kept).untilMs > performance.now()) {
      return `Bearer ${(await kept).text}`;
    }
    const asked = this.#askToken(challenge, scope, credentials);
    this.#tokens.set(scope, asked);
    asked.catch(() => this.#tokens.delete(scope));
    return `Bearer ${(await asked).text}`;
  }

  /** Takes a 401's challenge; the next header answers it. */
  challenged(header: string | undefined, scope: string): void {
    this.#challenge = parseChallenge(header, this.#host);
    this.#tokens.delete(scope);
  }

  async #askToken(
    { realm, service }: Challenge,
    scope: string,
    credentials: Credentials | undefined,
  ): Promise<Token> {
    const url = new URL(realm);
    if (url.protocol !== 'https:' && !isLoopback(url.host)) {
      throw new RegistryError(
        'permission',
        `${this.#host} wants a login over plain HTTP at ${realm}`,
      );
    }
    const fields = { ...(service === undefined ? {} : { service }), scope };
    const { identityToken } = credentials ?? {};
    const answer =
      identityToken === undefined
        ? await this.#http.send(withQuery(url, fields, credentials))
        : await this.#http.send(refreshing(url, fields, identityToken));
    const body = await readText(this.#http, answer, TOKEN_BYTES_MAX);
    if (answer.status !== 200) {
      throw refusalOf({ what: `login to ${this.#host}`, status: answer.status, body });
    }
    const { token, access_token, expires_in } = JSON.parse(body) as {
      readonly token?: string;
      readonly access_token?: string;
      readonly expires_in?: number;
    };
    const lifeMs = (expires_in ?? TOKEN_LIFE_S) * 1_000 - RENEW_EARLY_MS;
    return { text: token ?? access_token ?? '', untilMs: performance.now() + lifeMs };
  }
}

interface Token {
  readonly text: string;
  readonly untilMs: number;
}

/** Reads `Bearer realm="...",service="..."` or `Basic realm="..."`. */
export function parseChallenge(header: string | undefined, host: string): Challenge {
  const [, scheme = ''] = /^\s*(\w+)/.exec(header ?? '') ?? [];
  const field = (name: string) => new RegExp(`\\b${name}="([^"]*)"`).exec(header ?? '')?.[1];
  const realm = field('realm') ?? '';
  const service = field('service');
  const kind = scheme.toLowerCase();
  if (kind === 'basic') return { scheme: 'basic', realm };
  if (kind === 'bearer' && URL.canParse(realm)) {
    return { scheme: 'bearer', realm, ...(service === undefined ? {} : { service }) };
  }
  throw new RegistryError(
    'permission',
    `${host} wants a login of an unknown kind: ${header ?? ''}`,
  );
}

function basic({ user, password }: Credentials): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

function withQuery(
  realm: URL,
  fields: Readonly<Record<string, string>>,
  credentials: Credentials | undefined,
) {
  const url = new URL(realm);
  for (const [name, value] of Object.entries(fields)) url.searchParams.set(name, value);
  const headers = credentials === undefined ? {} : { authorization: basic(credentials) };
  return { method: 'GET' as const, url, headers };
}

function refreshing(url: URL, fields: Readonly<Record<string, string>>, token: string) {
  const form = { ...fields, grant_type: 'refresh_token', client_id: 'farshore' };
  const body = new URLSearchParams({ ...form, refresh_token: token }).toString();
  return {
    method: 'POST' as const,
    url,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: Buffer.from(body),
  };
}
