import { messageOf } from '../core/errors.ts';
import type { ProbeResult, Probes } from '../core/ports.ts';
import { type Ask, askOverHttp, type Resolver, systemResolver } from './outside-world.ts';

/** Answers that mean the name has no such record. */
const emptyAnswers = new Set(['ENOTFOUND', 'ENODATA']);

/** Probes over this machine's network and its own resolver, as a user's client looks. */
export class HttpProbes implements Probes {
  readonly #ask: Ask;
  readonly #resolver: Resolver;

  constructor(ask: Ask = askOverHttp, resolver: Resolver = systemResolver) {
    this.#ask = ask;
    this.#resolver = resolver;
  }

  async http(url: string): Promise<ProbeResult> {
    try {
      const status = await this.#ask(url);
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
  try {
    return await ask();
  } catch (error) {
    const { code } = error as { readonly code?: string };
    return emptyAnswers.has(code ?? '') ? [] : undefined;
  }
}

/** `fetch` says "fetch failed" and keeps the reason, such as a refused connection, as its cause. */
function rootMessage(error: unknown): string {
  if (error instanceof Error && error.cause instanceof Error) return rootMessage(error.cause);
  return messageOf(error);
}
