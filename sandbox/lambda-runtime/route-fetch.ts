import { isThisMachine } from './guard-network.ts';

/** Answers with these statuses have no body. */
const bodiless = [204, 205, 304];

/**
 * Puts a `fetch` in place that asks the local cloud for everything that is not on this machine, as
 * seen from the function's region: so names, load balancers and faults take part.
 */
export function routeFetch(gatewayUrl: string, region: string): void {
  const machineFetch = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const request = { url: urlOf(input), method: methodOf(input, init) };
    if (isThisMachine(new URL(request.url).hostname)) return machineFetch(input, init);
    if (request.method !== 'GET') {
      throw new TypeError(
        `The local cloud answers GET only, not ${request.method} ${request.url}.`,
      );
    }
    const response = await machineFetch(`${gatewayUrl}/_farshore/http`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ url: request.url, from: region }),
      ...(init?.signal && { signal: init.signal }),
    });
    const answer = (await response.json()) as {
      readonly status?: number;
      readonly body?: string;
      readonly error?: string;
    };
    if (answer.status === undefined) {
      throw new TypeError('fetch failed', { cause: new Error(answer.error ?? 'no answer') });
    }
    const body = bodiless.includes(answer.status) ? null : (answer.body ?? '');
    return new Response(body, { status: answer.status });
  };
}

function urlOf(input: Parameters<typeof fetch>[0]): string {
  if (typeof input === 'string') return input;
  return input instanceof URL ? input.href : input.url;
}

function methodOf(input: Parameters<typeof fetch>[0], init: Parameters<typeof fetch>[1]): string {
  const own = typeof input === 'string' || input instanceof URL ? undefined : input.method;
  return (init?.method ?? own ?? 'GET').toUpperCase();
}
