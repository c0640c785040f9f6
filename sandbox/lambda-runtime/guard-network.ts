import dgram from 'node:dgram';
import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import { isLoopbackAddress, isLoopbackHost } from '../loopback.ts';

/**
 * Keeps a function inside of the local cloud: its connections end on this machine, and names are
 * asked of the local cloud's own DNS.
 */
export function guardNetwork(dnsServer: string): void {
  guardSockets();
  guardNames(dnsServer);
  // Modules that were written with `import { connect } from 'node:net'` see the guards, too.
  syncBuiltinESMExports();
}

/** Whether a host is this machine, in the forms in which `net` and URLs write it. */
export function isThisMachine(host: string): boolean {
  return isLoopbackHost(host) || isLoopbackAddress(host);
}

function guardSockets(): void {
  const connect = Reflect.get(net.Socket.prototype, 'connect') as (
    ...args: unknown[]
  ) => net.Socket;
  Reflect.set(net.Socket.prototype, 'connect', function (this: net.Socket, ...args: unknown[]) {
    const host = hostOf(args);
    if (host !== undefined && !isThisMachine(host)) throw refusal(host);
    return connect.apply(this, args);
  });
  Reflect.set(dgram, 'createSocket', () => {
    throw refusal('a datagram socket');
  });
}

/** Of `connect(port, host)`, `connect({ host })` and the list that `net` makes of either. */
function hostOf(args: readonly unknown[]): string | undefined {
  const [first, second] = Array.isArray(args[0]) ? (args[0] as unknown[]) : args;
  if (typeof first !== 'object' || first === null) {
    return typeof second === 'string' ? second : undefined;
  }
  const { host } = first as { readonly host?: unknown };
  return typeof host === 'string' ? host : undefined;
}

function guardNames(dnsServer: string): void {
  dns.setServers([dnsServer]);
  dns.promises.setServers([dnsServer]);
  // A resolver of one's own would start with the machine's servers.
  const local = <Resolver extends typeof dns.Resolver | typeof dns.promises.Resolver>(
    resolver: Resolver,
  ): Resolver =>
    new Proxy(resolver, {
      construct: (target, args: unknown[], newTarget) => {
        const made = Reflect.construct(target, args, newTarget) as dns.Resolver;
        made.setServers([dnsServer]);
        return made;
      },
    });
  Reflect.set(dns, 'Resolver', local(dns.Resolver));
  Reflect.set(dns.promises, 'Resolver', local(dns.promises.Resolver));
}

function refusal(host: string): Error {
  return new Error(
    `The local cloud lets functions talk to this machine only, not to ${host}. Use fetch, which ` +
      'it answers for names of the local cloud.',
  );
}
