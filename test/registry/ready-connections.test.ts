import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { HttpClient } from '../../registry/http-client.ts';

let server: http.Server;
let client: HttpClient;
let url: URL;
let connections = 0;

beforeEach(async () => {
  connections = 0;
  server = http.createServer((_request, response) => response.end('ok'));
  server.on('connection', () => (connections += 1));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  client = new HttpClient();
});

afterEach(async () => {
  client.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const ask = async () => {
  const answer = await client.send({ method: 'HEAD', url });
  answer.message.resume();
  return answer.status;
};

async function read(): Promise<string> {
  const { content } = await client.body(url, {});
  const chunks: Uint8Array[] = [];
  for await (const chunk of content ?? []) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

test('requests take the connections that were opened ahead, before any new one', async () => {
  client.prepare(url, { requests: 3, bodies: 0 });
  while (connections < 3) await once(server, 'connection');
  expect(await Promise.all([ask(), ask(), ask()])).toEqual([200, 200, 200]);
  expect(connections).toBe(3);
});

test('a body comes over the connection that was opened for it', async () => {
  client.prepare(url, { requests: 0, bodies: 1 });
  while (connections < 1) await once(server, 'connection');
  await new Promise(setImmediate);
  expect(await read()).toBe('ok');
  expect(connections).toBe(1);
});

test('connections that broke while they waited are not used', async () => {
  client.prepare(url, { requests: 2, bodies: 1 });
  while (connections < 3) await once(server, 'connection');
  server.closeAllConnections();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await ask()).toBe(200);
  expect(await read()).toBe('ok');
});
