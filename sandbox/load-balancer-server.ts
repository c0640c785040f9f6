import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LoadBalancerModel } from './services/elasticloadbalancingv2/load-balancer-model.ts';

export interface LoadBalancerServerOptions {
  readonly model: LoadBalancerModel;
  readonly region: string;
  /** The region's loopback address, see `loadBalancerAddress`. */
  readonly address: string;
  /** One port for all regions; default: a free one. */
  readonly port?: number;
  /** Serves who asks without a known host; default: the first one of the fleet. */
  readonly defaultApp?: string | undefined;
  readonly isUp: () => boolean;
}

/**
 * The load balancers of one region as a real HTTP listener. Each region has a loopback address of
 * its own, so that DNS answers can tell them apart; it refuses while its region is down.
 */
export class LoadBalancerServer {
  readonly #options: LoadBalancerServerOptions;
  readonly #server: Server;

  constructor(options: LoadBalancerServerOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => {
      this.#serve(request, response);
    });
    this.#server.on('connection', (socket) => {
      if (!options.isUp()) socket.destroy();
    });
  }

  /** Starts to listen; answers the URL, which differs where the address cannot be bound. */
  async listen(): Promise<string> {
    const { model, region, address, port = 0 } = this.#options;
    try {
      await this.#bind(address, port);
    } catch (error) {
      // macOS has only 127.0.0.1 unless an administrator adds the other loopback addresses.
      if (!isUnavailable(error)) throw error;
      await this.#bind('127.0.0.1', 0);
    }
    const bound = this.#server.address() as AddressInfo;
    model.setAddress(region, bound.address);
    return `http://${bound.address}:${bound.port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
  }

  #bind(address: string, port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, address, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const { model, region, isUp } = this.#options;
    if (!isUp()) {
      request.socket.destroy();
      return;
    }
    const fallbackApp = this.#options.defaultApp ?? model.in(region)[0]?.app;
    const answer = model.handle(hostOf(request), request.url ?? '/', { region, fallbackApp });
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
  }
}

/** The loopback address of a region, by its place in the fleet: 127.0.0.11, 127.0.0.12, ... */
export function loadBalancerAddress(regions: readonly string[], region: string): string {
  return `127.0.0.${11 + regions.indexOf(region)}`;
}

/** Clients that cannot set Host, such as fetch, name the host in X-Forwarded-Host. */
function hostOf({ headers }: IncomingMessage): string {
  const forwarded = headers['x-forwarded-host'];
  return (typeof forwarded === 'string' ? forwarded : headers.host) ?? '';
}

function isUnavailable(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRNOTAVAIL';
}
