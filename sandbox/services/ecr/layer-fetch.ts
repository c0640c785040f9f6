import type { EcrModel } from './ecr-model.ts';

/**
 * A `fetch` for the download links of one cloud's layers that needs no socket, for copies in
 * virtual time. Any other address is refused.
 */
export function layerFetch(model: EcrModel, from: string | undefined): typeof globalThis.fetch {
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const region = url.searchParams.get('region') ?? '';
    if (!url.pathname.startsWith('/layers/')) throw new TypeError(`no layer is at ${url.href}`);
    if (!model.hub.isUp(region) || !model.hub.canReach(from, region)) {
      throw new TypeError('fetch failed', { cause: new Error(`${region} does not answer`) });
    }
    const blob = model.links.open(url);
    if (blob === 'forbidden') return new Response('link expired', { status: 403 });
    if (blob === undefined) return new Response('no such layer', { status: 404 });
    const range = new Headers(init?.headers).get('range');
    const start = /^bytes=(\d+)-$/.exec(range ?? '')?.[1];
    if (start === undefined) return answer(blob.bytes(), 200);
    return answer(blob.bytes({ start: Number(start), end: blob.size - 1 }), 206);
  };
}

/** An answer whose body comes in one piece, by promises alone. */
async function answer(bytes: Uint8Array, status: number): Promise<Response> {
  return Promise.resolve(new Response(Uint8Array.from(bytes), { status }));
}
