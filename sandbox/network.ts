import { UnreachableError } from './faults.ts';
import type { Faults } from './faults.ts';
import type { Answer, HubModels } from './hub-models.ts';

const virtualHostBucket = /^(.+)\.s3[.-]([a-z0-9-]+)\.amazonaws\.com$/;
const pathStyleBucket = /^s3[.-]([a-z0-9-]+)\.amazonaws\.com$/;

/**
 * HTTP between places of the local cloud by public names: load balancers, objects in buckets,
 * traffic records, and everything else on the internet as a control target.
 */
export class Network {
  readonly #faults: Faults;
  #models: HubModels = {};

  constructor(faults: Faults) {
    this.#faults = faults;
  }

  connect(models: HubModels): void {
    this.#models = models;
  }

  /**
   * GET from a region, or from the internet when `from` is undefined.
   * @throws UnreachableError when no answer comes
   */
  async http(from: string | undefined, url: string): Promise<Answer> {
    const { hostname, pathname, search } = new URL(url);
    const host = hostname.toLowerCase();
    const bucket = bucketOf(host, pathname);
    if (bucket !== undefined) {
      this.#cross(from, bucket.region, host);
      return this.#model('s3').anonymousGet(bucket.name, bucket.key);
    }
    const region = this.#regionOf(host, from);
    if (region !== undefined) {
      this.#cross(from, region, host);
      const balancers = this.#model('elasticloadbalancingv2');
      return balancers.handle(host, `${pathname}${search}`, { region });
    }
    // Everything else is somewhere on the internet, and the internet outside of AWS is up.
    this.#cross(from, undefined, host);
    return { status: 200, body: 'ok' };
  }

  /**
   * An object that everybody may read, by bucket and key.
   * @throws UnreachableError when the bucket's region does not answer
   */
  async openObject(from: string | undefined, bucket: string, key: string): Promise<Answer> {
    const region = this.#model('s3').find(bucket)?.region;
    if (region !== undefined) this.#cross(from, region, bucket);
    return this.#model('s3').anonymousGet(bucket, key);
  }

  /**
   * The region whose load balancer a name leads to, straight or by Route 53's records; undefined
   * for names on the internet.
   */
  #regionOf(host: string, from: string | undefined): string | undefined {
    const balancers = this.#models.elasticloadbalancingv2;
    const region = balancers?.regionOf(host);
    if (region !== undefined) return region;
    const answer = this.#models.route53?.answer(
      host,
      'A',
      from === undefined ? {} : { resolver: from },
    );
    if (answer === undefined || answer.rcode === 'REFUSED') return undefined;
    const end = endOf(answer.records);
    const found = balancers?.regionAt(end ?? '') ?? balancers?.regionOf(end ?? '');
    if (found !== undefined) return found;
    throw new UnreachableError(`${host} leads to ${end ?? 'no address'}, where nothing listens`);
  }

  #cross(from: string | undefined, to: string | undefined, host: string): void {
    if (this.#faults.canReach(from, to)) return;
    throw new UnreachableError(`${host} does not answer ${from ?? 'the internet'}`);
  }

  #model<Name extends keyof HubModels>(name: Name): NonNullable<HubModels[Name]> {
    const model = this.#models[name];
    if (model === undefined) throw new Error(`The network has no ${name} model`);
    return model;
  }
}

/** Where the records of an answer lead: an address, else the last name of a chain. */
function endOf(records: readonly { readonly type: string; readonly value: string }[]) {
  const address = records.find(({ type }) => type === 'A');
  return (address ?? records.findLast(({ type }) => type === 'CNAME'))?.value;
}

function bucketOf(
  host: string,
  path: string,
): { readonly name: string; readonly region: string; readonly key: string } | undefined {
  const rest = decodeURIComponent(path.slice(1));
  const virtual = virtualHostBucket.exec(host);
  if (virtual?.[1] !== undefined && virtual[2] !== undefined) {
    return { name: virtual[1], region: virtual[2], key: rest };
  }
  const region = pathStyleBucket.exec(host)?.[1];
  const slash = rest.indexOf('/');
  if (region === undefined || slash === -1) return undefined;
  return { name: rest.slice(0, slash), region, key: rest.slice(slash + 1) };
}
