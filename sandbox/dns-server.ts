import { createSocket } from 'node:dgram';
import type { Socket as UdpSocket } from 'node:dgram';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { answerPacket } from './dns-packets.ts';
import type { DnsAuthority } from './services/route53/answer-question.ts';

const HOST = '127.0.0.1';
/** How often a free port is looked for that both UDP and TCP can have. */
const PORT_ATTEMPTS = 20;
/** A resolver that leaves a TCP connection open is cut off after this, in ms. */
const IDLE_MS = 10_000;
/** The largest length that the two bytes before a TCP message can say. */
const TCP_BYTES_MAX = 65_535;

export interface DnsServer {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Serves the hosted zones to real resolvers, on UDP and TCP of one loopback port.
 * @param port 0 for a free one
 */
export async function startDnsServer(authority: DnsAuthority, port = 0): Promise<DnsServer> {
  for (let attempt = 1; ; attempt += 1) {
    const tcp = createServer((socket) => {
      serveTcp(socket, authority);
    });
    const chosen = await listenTcp(tcp, port);
    const udp = createSocket('udp4');
    try {
      await bindUdp(udp, chosen);
    } catch (error) {
      udp.close();
      tcp.close();
      if (port !== 0 || attempt === PORT_ATTEMPTS) throw error;
      continue;
    }
    serveUdp(udp, authority);
    return { port: chosen, close: () => closeBoth(udp, tcp) };
  }
}

function serveUdp(udp: UdpSocket, authority: DnsAuthority): void {
  // A client that is gone already makes the socket tell so; the next question still counts.
  udp.on('error', () => undefined);
  udp.on('message', (packet, { address, port }) => {
    const answer = answerPacket(authority, packet, 'udp');
    if (answer !== undefined) udp.send(answer, port, address);
  });
}

/** Messages on TCP stand behind their length in two bytes and may come in pieces. */
function serveTcp(socket: Socket, authority: DnsAuthority): void {
  let received = Buffer.alloc(0);
  socket.setTimeout(IDLE_MS, () => socket.destroy());
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk]);
    while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
      const end = 2 + received.readUInt16BE(0);
      const answer = answerPacket(authority, received.subarray(2, end), 'tcp');
      received = received.subarray(end);
      if (answer === undefined || answer.length > TCP_BYTES_MAX) {
        socket.destroy();
        return;
      }
      const length = Buffer.alloc(2);
      length.writeUInt16BE(answer.length);
      socket.write(Buffer.concat([length, answer]));
    }
  });
}

function listenTcp(tcp: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    tcp.once('error', reject);
    tcp.listen(port, HOST, () => {
      const address = tcp.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function bindUdp(udp: UdpSocket, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    udp.once('error', reject);
    udp.bind(port, HOST, () => {
      udp.off('error', reject);
      resolve();
    });
  });
}

async function closeBoth(udp: UdpSocket, tcp: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    udp.close(resolve);
  });
  await new Promise<void>((resolve) => {
    tcp.close(() => {
      resolve();
    });
  });
}
