import { execFile, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as packet from 'dns-packet';
import fc from 'fast-check';
import { answerPacket } from '../../sandbox/dns-packets.ts';
import { startDnsServer } from '../../sandbox/dns-server.ts';
import type { DnsServer } from '../../sandbox/dns-server.ts';
import { Route53Model } from '../../sandbox/services/route53/route53-model.ts';
import { VirtualDriver } from '../../sandbox/virtual-driver.ts';
import { ACCOUNT_ID, caller, recordingHub, worldFrom } from './recording-hub.ts';

const ALB = 'alb-use1.us-east-1.elb.amazonaws.com';
const long = Array.from({ length: 8 }, (_, at) => `"${String(at).repeat(250)}"`);

async function zones(): Promise<Route53Model> {
  const world = worldFrom();
  const hub = {
    ...recordingHub(world),
    addressOf: (name: string) => (name === ALB ? '127.0.1.1' : undefined),
    isTargetHealthy: () => true,
  };
  const model = new Route53Model(world, hub, { accountId: ACCOUNT_ID });
  model.seedHostedZone('Z1', 'shop.example');
  const set = (Name: string, Type: string, values: readonly string[], TTL = 60) => ({
    Action: 'CREATE',
    ResourceRecordSet: { Name, Type, TTL, ResourceRecords: values.map((Value) => ({ Value })) },
  });
  const AliasTarget = { HostedZoneId: 'Z3', DNSName: ALB, EvaluateTargetHealth: true };
  await caller(world, model.service).call('ChangeResourceRecordSets', {
    HostedZoneId: 'Z1',
    ChangeBatch: {
      Changes: [
        { Action: 'CREATE', ResourceRecordSet: { Name: 'shop.example', Type: 'A', AliasTarget } },
        set('www.shop.example', 'A', ['10.0.0.1'], 30),
        set('six.shop.example', 'AAAA', ['2001:db8::1']),
        set('c.shop.example', 'CNAME', ['www.shop.example'], 20),
        set('_farshore-us-east-1.shop.example', 'TXT', ['"up"']),
        set('quoted.shop.example', 'TXT', ['"a \\"b\\"" "\\\\c"']),
        set('long.shop.example', 'TXT', long),
      ],
    },
  });
  await new VirtualDriver(world).runFor(10_000);
  return model;
}

let model: Route53Model;
let server: DnsServer;
beforeAll(async () => {
  model = await zones();
  server = await startDnsServer(model.authority());
});
afterAll(() => server.close());

function ask(
  name: string,
  type: string,
  more: Partial<packet.Packet> = {},
  transport: 'udp' | 'tcp' = 'udp',
) {
  const query = packet.encode({
    type: 'query',
    id: 4711,
    flags: packet.RECURSION_DESIRED,
    questions: [{ name, type: type as 'A' }],
    ...more,
  });
  const answer = answerPacket(model.authority(), query, transport);
  if (answer === undefined) throw new Error('no answer');
  return { bytes: answer.length, ...packet.decode(answer) };
}

const edns = (udpPayloadSize: number): Partial<packet.Packet> => ({
  additionals: [
    {
      type: 'OPT',
      name: '.',
      udpPayloadSize,
      extendedRcode: 0,
      ednsVersion: 0,
      flags: 0,
      flag_do: false,
      options: [],
    },
  ],
});

describe('an answer', () => {
  test.each<readonly [name: string, type: string, answers: readonly object[]]>([
    ['www.shop.example', 'A', [{ type: 'A', data: '10.0.0.1', ttl: 30, name: 'www.shop.example' }]],
    ['WWW.Shop.Example', 'A', [{ type: 'A', data: '10.0.0.1', name: 'WWW.Shop.Example' }]],
    ['shop.example', 'A', [{ type: 'A', data: '127.0.1.1', ttl: 60 }]],
    ['six.shop.example', 'AAAA', [{ type: 'AAAA', data: '2001:db8::1' }]],
    [
      'c.shop.example',
      'A',
      [{ type: 'CNAME', data: 'www.shop.example', ttl: 20 }, { data: '10.0.0.1' }],
    ],
    ['c.shop.example', 'CNAME', [{ type: 'CNAME', data: 'www.shop.example' }]],
    [ALB, 'A', [{ type: 'A', data: '127.0.1.1', ttl: 60 }]],
  ])('of %s %s has the records, the right to speak and no error', (name, type, answers) => {
    const response = ask(name, type);
    expect(response).toMatchObject({
      id: 4711,
      rcode: 'NOERROR',
      flag_aa: true,
      flag_rd: true,
      flag_ra: false,
    });
    expect(response.answers).toHaveLength(answers.length);
    expect(response.answers).toMatchObject(answers);
  });

  test('has texts without their quotes and escapes', () => {
    const textsOf = (name: string) =>
      ask(name, 'TXT').answers?.flatMap((one) =>
        one.type === 'TXT' ? (one.data as Buffer[]).map(String) : [],
      );
    expect(textsOf('_farshore-us-east-1.shop.example')).toEqual(['up']);
    expect(textsOf('quoted.shop.example')).toEqual(['a "b"', '\\c']);
  });

  test('has the name servers and the start of authority of a zone', () => {
    expect(ask('shop.example', 'NS').answers).toHaveLength(4);
    expect(ask('shop.example', 'SOA').answers).toMatchObject([
      { type: 'SOA', data: { minimum: 86_400 } },
    ]);
  });

  test.each<readonly [string, string, string, string, boolean]>([
    ['a name that does not exist', 'none.shop.example', 'A', 'NXDOMAIN', true],
    ['a type that does not exist', 'www.shop.example', 'TXT', 'NOERROR', true],
    ['IPv6 of a load balancer', 'shop.example', 'AAAA', 'NOERROR', true],
    ['a name of somebody else', 'example.com', 'A', 'REFUSED', false],
  ])('to %s is empty', (...[, name, type, rcode, hasAuthority]) => {
    const response = ask(name, type);
    expect(response).toMatchObject({ rcode, answers: [], flag_aa: hasAuthority });
    expect(response.authorities).toMatchObject(hasAuthority ? [{ type: 'SOA', ttl: 900 }] : []);
  });

  test('is cut on UDP when it does not fit, and whole on TCP or with EDNS', () => {
    expect(ask('long.shop.example', 'TXT')).toMatchObject({ flag_tc: true, answers: [] });
    expect(ask('long.shop.example', 'TXT', edns(1_232))).toMatchObject({ flag_tc: true });
    const whole = ask('long.shop.example', 'TXT', {}, 'tcp');
    expect(whole).toMatchObject({ flag_tc: false });
    expect(whole.bytes).toBeGreaterThan(2_000);
    expect(ask('www.shop.example', 'A', edns(4_096)).additionals).toMatchObject([{ type: 'OPT' }]);
  });

  test('is an error for what is no question, and nothing for what is no message', () => {
    const header = packet.encode({ type: 'query', id: 7, questions: [] });
    const answer = (bytes: Buffer) => answerPacket(model.authority(), bytes, 'udp');
    expect(packet.decode(answer(header) ?? Buffer.alloc(0))).toMatchObject({
      id: 7,
      rcode: 'FORMERR',
    });
    expect(answer(Buffer.from([1, 2, 3]))).toBeUndefined();
    expect(answer(packet.encode({ type: 'response', id: 7 }))).toBeUndefined();
    const update = packet.encode({
      type: 'query',
      id: 7,
      questions: [{ type: 'A', name: 'a' }],
      flags: 5 << 11,
    });
    expect(packet.decode(answer(update) ?? Buffer.alloc(0))).toMatchObject({ rcode: 'NOTIMP' });
  });

  test('never throws, whatever the bytes are', () => {
    const question = packet.encode({
      type: 'query',
      id: 1,
      questions: [{ type: 'A', name: 'www.shop.example' }],
    });
    const spoiled = fc
      .tuple(fc.nat(question.length - 1), fc.nat(255))
      .map(([at, byte]) => Buffer.from(question.map((old, place) => (place === at ? byte : old))));
    const random = fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.oneof(spoiled, random), (bytes) => {
        answerPacket(model.authority(), bytes, 'udp');
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('the port', () => {
  test('survives rubbish on UDP and TCP', async () => {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => {
      socket.send(Buffer.from('rubbish that is long enough'), server.port, '127.0.0.1', () => {
        socket.close(resolve);
      });
    });
    const tcp = connect(server.port, '127.0.0.1');
    tcp.on('error', () => undefined);
    tcp.write(Buffer.from([0, 3, 1, 2, 3]));
    await new Promise<void>((resolve) =>
      tcp.once('close', () => {
        resolve();
      }),
    );
    const response = await overTcp(server.port, 'www.shop.example');
    expect(response.answers).toMatchObject([{ data: '10.0.0.1' }]);
  });

  test('is the given one for both transports', async () => {
    const other = await startDnsServer(model.authority());
    const { port } = other;
    await expect(startDnsServer(model.authority(), port)).rejects.toThrow('EADDRINUSE');
    await other.close();
    const again = await startDnsServer(model.authority(), port);
    expect(again.port).toBe(port);
    await again.close();
  });
});

/** One question in two pieces, as a slow network brings it. */
function overTcp(port: number, name: string): Promise<packet.Packet> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    const query = packet.streamEncode({ type: 'query', id: 1, questions: [{ type: 'A', name }] });
    socket.on('error', reject);
    socket.write(query.subarray(0, 5), () => socket.write(query.subarray(5)));
    socket.once('data', (data) => {
      socket.destroy();
      resolve(packet.streamDecode(data));
    });
  });
}

const hasDig = spawnSync('dig', ['-v']).status === 0;
if (!hasDig) console.warn('dig is not on the PATH (Debian: bind9-dnsutils); its tests are skipped');

(hasDig ? describe : describe.skip)('dig', () => {
  const dig = async (...args: readonly string[]) => {
    const { stdout } = await promisify(execFile)('dig', [
      '@127.0.0.1',
      '-p',
      String(server.port),
      '+tries=1',
      '+time=5',
      ...args,
    ]);
    return stdout;
  };

  test.each([
    ['over UDP', '+notcp'],
    ['over TCP', '+tcp'],
    ['without EDNS', '+noedns'],
  ])('gets answers %s', async (_title, flag) => {
    expect((await dig('+short', flag, 'www.shop.example', 'A')).trim()).toBe('10.0.0.1');
    expect((await dig('+short', flag, '_farshore-us-east-1.shop.example', 'TXT')).trim()).toBe(
      '"up"',
    );
  });

  test('falls back to TCP for a long answer', async () => {
    const output = await dig('long.shop.example', 'TXT');
    expect(output).toContain('Truncated, retrying in TCP mode');
    expect(output).toContain('7'.repeat(250));
  });

  test('sees an authority without warnings', async () => {
    const output = await dig('none.shop.example', 'A');
    expect(output).toContain('status: NXDOMAIN');
    expect(output).toMatch(/flags: qr aa rd;/);
    expect(output).not.toContain('malformed');
  });
});
