import dns from 'node:dns/promises';

/** Asks an address and gives the status of its answer; throws when none comes in time. */
export type Ask = (url: string) => Promise<number>;

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

/** Asks over this machine's network. */
export const askOverHttp: Ask = async (url) => {
  const response = await fetch(url, {
    redirect: 'manual',
    // A kept connection may be dead while the endpoint is well, and well while it is dead.
    headers: { connection: 'close' },
    signal: AbortSignal.timeout(ANSWER_MS_MAX),
  });
  await response.body?.cancel();
  return response.status;
};

/** Asks the resolver of this machine. */
export const systemResolver: Resolver = {
  resolveTxt: (name) => inTime(dns.resolveTxt(name)),
  resolve4: (name) => inTime(dns.resolve4(name)),
};

async function inTime<Records>(asked: Promise<Records>): Promise<Records> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(reject, DNS_MS_MAX, new Error('the resolver did not answer in time'));
  });
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
  }
}
