import type http from 'node:http';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import type { SecureContext } from 'node:tls';

/**
 * Connections that are opened while nobody needs them yet. Requests that an agent gets afterwards
 * take them, and so are answered a round trip sooner, over TLS two.
 */
export class ReadyConnections {
  readonly #options: http.AgentOptions;
  readonly #open: http.Agent['createConnection'];
  readonly #ready: { readonly origin: string; readonly connection: Duplex }[] = [];

  /** With the options that the agent was made with. */
  constructor(agent: http.Agent, options: http.AgentOptions) {
    this.#options = options;
    this.#open = agent.createConnection.bind(agent);
    agent.createConnection = (options, callback) =>
      this.#take(`${options.host ?? ''}:${options.port ?? ''}`) ?? this.#open(options, callback);
  }

  open(
    { hostname, port, protocol }: URL,
    {
      count,
      secureContext,
    }: { readonly count: number; readonly secureContext: SecureContext | undefined },
  ): void {
    const host = hostname.replace(/^\[|\]$/g, '');
    const to = {
      host,
      port: Number(port || (protocol === 'http:' ? 80 : 443)),
      servername: net.isIP(host) === 0 ? host : '',
      ...(secureContext === undefined ? {} : { secureContext }),
    };
    for (let opened = 0; opened < count; opened += 1) {
      const connection = this.#open({ ...this.#options, ...to });
      if (connection == null) return;
      // Whoever takes it sees that it is broken; one that nobody takes is nobody's failure.
      connection.on('error', () => undefined);
      this.#ready.push({ origin: `${to.host}:${to.port}`, connection });
    }
  }

  close(): void {
    for (const { connection } of this.#ready.splice(0)) connection.destroy();
  }

  #take(origin: string): Duplex | undefined {
    const at = this.#ready.findIndex((each) => each.origin === origin);
    if (at < 0) return undefined;
    const [taken] = this.#ready.splice(at, 1);
    return taken?.connection.destroyed === false ? taken.connection : this.#take(origin);
  }
}
