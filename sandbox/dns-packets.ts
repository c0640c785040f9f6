import * as packet from 'dns-packet';
import type { Answer, DecodedPacket, Packet, Question } from 'dns-packet';
import { loadBalancerName } from './services/route53/answer-question.ts';
import type { DnsAnswer, DnsAuthority, DnsRecord } from './services/route53/answer-question.ts';
import { normalName } from './services/route53/hosted-zone.ts';

/** Without EDNS a UDP answer has at most this many bytes. */
const PLAIN_UDP_BYTES = 512;
/** What the server offers with EDNS; larger answers go through TCP (DNS flag day 2020). */
const EDNS_BYTES = 1_232;
const HEADER_BYTES = 12;
/** Load balancers give their own addresses 60 s. */
const LOAD_BALANCER_TTL_SECONDS = 60;

/** Response codes in the low four bits of the flags, as of RFC 1035. */
const rcodes = {
  NOERROR: 0,
  FORMERR: 1,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
} as const;

/** Answers one message; undefined for bytes that are not even a question's header. */
export function answerPacket(
  authority: DnsAuthority,
  bytes: Buffer,
  transport: 'udp' | 'tcp',
): Buffer | undefined {
  if (bytes.length < HEADER_BYTES) return undefined;
  const isResponse = (bytes.readUInt16BE(2) & 0x8000) !== 0;
  if (isResponse) return undefined;
  const query = decode(bytes);
  const id = bytes.readUInt16BE(0);
  const [question] = query?.questions ?? [];
  if (query === undefined || question === undefined || query.questions?.length !== 1) {
    return encode({ id, rcode: rcodes.FORMERR, recursion: false });
  }
  const edns = query.additionals?.find((record) => record.type === 'OPT');
  const head = { id, recursion: query.flag_rd, question, edns: edns !== undefined };
  if (opcodeOf(bytes) !== 0) return encode({ ...head, rcode: rcodes.NOTIMP });
  const { rcode, records, authority: soa } = lookUp(authority, question);
  const response: Response = {
    ...head,
    rcode: rcodes[rcode],
    isAuthoritative: rcode !== 'REFUSED',
    answers: records.map((record, place) => encodable(record, place === 0 ? question.name : '')),
    authorities: soa.map((record) => encodable(record, '')),
  };
  const answer = encode(response);
  if (transport === 'tcp' || answer.length <= udpLimit(edns)) return answer;
  return encode({ ...response, answers: [], authorities: [], isTruncated: true });
}

/** 0 is a plain question; updates, notifications and so on are others. */
function opcodeOf(bytes: Buffer): number {
  return (bytes.readUInt16BE(2) >> 11) & 0xf;
}

interface Response {
  readonly id: number;
  readonly rcode: number;
  readonly recursion: boolean;
  readonly question?: Question;
  readonly edns?: boolean;
  readonly isAuthoritative?: boolean;
  readonly isTruncated?: boolean;
  readonly answers?: readonly Answer[];
  readonly authorities?: readonly Answer[];
}

function lookUp(authority: DnsAuthority, question: Question): DnsAnswer {
  const { name, type } = question;
  const answer = authority.answer(name, type);
  if (answer.rcode !== 'REFUSED') return answer;
  const address = authority.addressOf(loadBalancerName(normalName(name)));
  if (address === undefined) return answer;
  const record = { name, type: 'A', ttl: LOAD_BALANCER_TTL_SECONDS, value: address };
  return { rcode: 'NOERROR', records: type === 'A' ? [record] : [], authority: [] };
}

function encode(response: Response): Buffer {
  const message: Packet = {
    type: 'response',
    id: response.id,
    flags:
      (response.isAuthoritative === true ? packet.AUTHORITATIVE_ANSWER : 0) |
      (response.isTruncated === true ? packet.TRUNCATED_RESPONSE : 0) |
      (response.recursion ? packet.RECURSION_DESIRED : 0) |
      response.rcode,
    questions: response.question === undefined ? [] : [response.question],
    answers: [...(response.answers ?? [])],
    authorities: [...(response.authorities ?? [])],
    additionals: response.edns === true ? [ednsRecord] : [],
  };
  return packet.encode(message);
}

const ednsRecord: Answer = {
  name: '.',
  type: 'OPT',
  udpPayloadSize: EDNS_BYTES,
  extendedRcode: 0,
  ednsVersion: 0,
  flags: 0,
  flag_do: false,
  options: [],
};

function udpLimit(edns: Answer | undefined): number {
  const offered = edns?.type === 'OPT' ? edns.udpPayloadSize : PLAIN_UDP_BYTES;
  return Math.min(EDNS_BYTES, Math.max(PLAIN_UDP_BYTES, offered));
}

/** Undefined for malformed messages: whatever the decoder throws, the bytes are to blame. */
function decode(bytes: Buffer): DecodedPacket | undefined {
  try {
    return packet.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Names come back as they were asked, so that the letters' case survives. */
function encodable(record: DnsRecord, askedName: string): Answer {
  const name = askedName === '' ? bare(record.name) : askedName;
  const { ttl, value } = record;
  switch (record.type) {
    case 'A':
    case 'AAAA':
      return { type: record.type, name, ttl, data: value };
    case 'CNAME':
    case 'NS':
      return { type: record.type, name, ttl, data: bare(value) };
    case 'TXT':
      return { type: 'TXT', name, ttl, data: stringsOf(value) };
    case 'SOA':
      return { type: 'SOA', name, ttl, data: soaOf(value) };
    default:
      throw new Error(`dns-packets.ts cannot encode ${record.type}: add it beside the others.`);
  }
}

/** `"one" "two"` with `\"`, `\\` and `\123` (octal), as Route 53 keeps TXT values. */
function stringsOf(value: string): string[] {
  return [...value.matchAll(/"((?:\\[\s\S]|[^"\\])*)"/g)].map(([, text = '']) =>
    text.replace(/\\([0-7]{3}|[\s\S])/g, (_, escaped: string) =>
      escaped.length === 3 ? String.fromCharCode(Number.parseInt(escaped, 8)) : escaped,
    ),
  );
}

function soaOf(value: string) {
  const [mname = '', rname = '', ...numbers] = value.split(' ');
  const [serial = 1, refresh = 0, retry = 0, expire = 0, minimum = 0] = numbers.map(Number);
  return { mname: bare(mname), rname: bare(rname), serial, refresh, retry, expire, minimum };
}

function bare(name: string): string {
  return name.replace(/\.$/, '');
}
