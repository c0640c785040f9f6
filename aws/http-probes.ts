import dns from 'node:dns/promises';
import { messageOf } from '../core/errors.ts';
import type { ProbeResult, Probes } from '../core/ports.ts';
import type { Fetch } from './ecr-layer-download.ts';

/** The part of `node:dns/promises` that a probe uses. */
export interface Resolver {
  resolveTxt(name: string): Promise<string[][]>;
  resolve4(name: string): Promise<string[]>;
}

/**
 * Route 53 gives a load balancer 4 s to connect and 2 s to answer. `fetch` cannot tell the two
 * apart, so a probe gives 2 s for each, together: it is never more patient than Route 53.
 */
const ANSWER_MS_MAX = 4_000;

/** Two tries of a resolver that answers in milliseconds; the default would be 20 s. */
const DNS_MS_MAX = 4_000;

/** Answers that mean the name has no such record. */
const emptyAnswers = new Set(['ENOTFOUND', 'ENODATA']);

/** Probes over this machine's network and its own resolver, as a user's client looks. */
export class HttpProbes implements Probes {
  readonly #fetch: Fetch;
  readonly #resolver: Resolver;

  constructor(fetch: Fetch, resolver: Resolver = dns) {
    this.#fetch = fetch;
    this.#resolver = resolver;
  }

  async http(url: string): Promise<ProbeResult> {
    const fetch = this.#fetch;
    try {
      const response = await fetch(url, {
        redirect: 'manual',
        // A kept connection may be dead while the endpoint is well, and well while it is dead.
        headers: { connection: 'close' },
        signal: AbortSignal.timeout(ANSWER_MS_MAX),
      });
      await response.body?.cancel();
      const { status } = response;
      return { ok: status >= 200 && status < 400, text: `answered ${status}` };
    } catch (error) {
      // Having no answer is what a probe is there to find, so it is a result and not a failure.
      return { ok: false, text: `no answer: ${rootMessage(error)}` };
    }
  }

  async txt(name: string): Promise<readonly string[] | undefined> {
    const records = await answer(() => this.#resolver.resolveTxt(name));
    // A long text comes in pieces of 255 bytes that belong together.
    return records?.map((pieces) => pieces.join(''));
  }

  addresses(name: string): Promise<readonly string[] | undefined> {
    return answer(() => this.#resolver.resolve4(name));
  }
}

/** The records; none when the name has none; undefined when nobody could be asked. */
async function answer<Row>(
  ask: () => Promise<readonly Row[]>,
): Promise<readonly Row[] | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, DNS_MS_MAX, undefined);
  });
  try {
    return await Promise.race([ask(), late]);
  } catch (error) {
    const { code } = error as { readonly code?: string };
    return emptyAnswers.has(code ?? '') ? [] : undefined;
  } finally {
    clearTimeout(timer);
  }
}

/** `fetch` says "fetch failed" and keeps the reason, such as a refused connection, as its cause. */
function rootMessage(error: unknown): string {
  if (error instanceof Error && error.cause instanceof Error) return rootMessage(error.cause);
  return messageOf(error);
}
