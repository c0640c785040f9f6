import type { Fleet } from '../core/contract/fleet.ts';
import { AdminError, type AdminRequest } from './admin-routes.ts';
import type { BuiltCloud } from './build-cloud.ts';
import { type DnsServer, startDnsServer } from './dns-server.ts';
import { Gateway } from './gateway.ts';
import { LoadBalancerServer, loadBalancerAddress } from './load-balancer-server.ts';
import { parseLoad, setLoad } from './load.ts';
import { RegistryServer } from './registry/registry-server.ts';

interface ServerOptions {
  readonly fleet: Fleet;
  /** 0 for a free one. */
  readonly gatewayPort: number;
  readonly dnsPort: number;
}

/** Where a local cloud listens. */
export interface LocalServers {
  readonly gatewayUrl: string;
  readonly dns: DnsServer;
  readonly regions: ReadonlyMap<string, { readonly registry: string; readonly endpoint: string }>;
  close(): Promise<void>;
}

/** What the listeners ask of the cloud they belong to. */
export interface ServerCallbacks {
  readonly onRequest: () => void;
  readonly onDefect: (error: unknown) => void;
  readonly status: () => unknown;
  readonly problems: () => readonly string[];
}

/** Opens every port of a local cloud, on loopback only. */
export async function openServers(
  { cloud, models }: BuiltCloud,
  { fleet, gatewayPort, dnsPort }: ServerOptions,
  callbacks: ServerCallbacks,
): Promise<LocalServers> {
  const names = Object.keys(fleet.regions);
  const gateway = new Gateway(cloud, {
    port: gatewayPort,
    ...callbacks,
    routes: {
      problems: () => ({ problems: callbacks.problems() }),
      inbox: () => ({ messages: models.sns.inbox() }),
      load: ({ body }: AdminRequest) => {
        const load = parseLoad(fleet, body);
        if (typeof load === 'string') throw new AdminError(400, load);
        setLoad(models.ecs, fleet, load);
        return { load };
      },
    },
  });
  const closers: (() => Promise<void>)[] = [() => gateway.close()];
  const gatewayUrl = await gateway.listen();
  const dns = await startDnsServer(
    {
      answer: (name, type) => models.route53.answer(name, type),
      addressOf: (name) => models.elasticloadbalancingv2.addressOf(name),
    },
    dnsPort,
  );
  closers.push(() => dns.close());

  const regions = new Map<string, { registry: string; endpoint: string }>();
  let port = 0;
  for (const region of names) {
    const registry = new RegistryServer({ model: models.ecr, region });
    const balancer = new LoadBalancerServer({
      model: models.elasticloadbalancingv2,
      region,
      address: loadBalancerAddress(names, region),
      port,
      isUp: () => cloud.faults.isUp(region),
    });
    const [registryUrl, endpoint] = [await registry.listen(), await balancer.listen()];
    // One port for all regions, so that an address from DNS and a port reach any of them.
    port = Number(new URL(endpoint).port);
    regions.set(region, { registry: new URL(registryUrl).host, endpoint });
    closers.push(
      () => registry.close(),
      () => balancer.close(),
    );
  }
  const close = async (): Promise<void> => {
    await Promise.all(closers.map((stop) => stop()));
    models.ecr.close();
  };
  return { gatewayUrl, dns, regions, close };
}
