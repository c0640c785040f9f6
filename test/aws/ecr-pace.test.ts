import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { BatchGetImageCommand, ECRClient, PutImageCommand } from '@aws-sdk/client-ecr';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ecrClients } from '../../aws/clients.ts';
import { ecrPace } from '../../aws/ecr-pace.ts';
import { EcrPressure } from '../../aws/ecr-pressure.ts';

let server: http.Server;
let ecr: ECRClient;
let attempts: number;
let pressure: EcrPressure;
const waits: number[] = [];

/** Throttles the first attempt; all come at the same moment. */
beforeEach(async () => {
  attempts = 0;
  waits.length = 0;
  server = http.createServer((request, response) => {
    attempts += 1;
    request.resume();
    response.writeHead(attempts === 1 ? 400 : 200, {
      'content-type': 'application/x-amz-json-1.1',
    });
    response.end(attempts === 1 ? '{"__type":"ThrottlingException"}' : '{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ecr = new ECRClient({
    region: 'us-west-2',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: 'a', secretAccessKey: 's' },
  });
  const sleep = (ms: number) => Promise.resolve(void waits.push(ms));
  pressure = new EcrPressure();
  ecr.middlewareStack.use(ecrPace('us-west-2', pressure, { nowMs: () => 0, sleep }));
});

afterEach(async () => {
  ecr.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const put = () =>
  ecr.send(new PutImageCommand({ repositoryName: 'shop/web', imageManifest: '{}' }));

test('eight manifests go at once, the others wait for their turn, retries too', async () => {
  for (let count = 0; count < 10; count += 1) await put();
  expect(attempts).toBe(11);
  expect(waits).toEqual([125, 250, 375]);
  expect(pressure.take('us-west-2')).toEqual({ throttles: 1, pacedMs: 750 });
  expect(pressure.take('us-west-2')).toEqual({ throttles: 0, pacedMs: 0 });
});

test('the clients of functions tell what was throttled', async () => {
  const { port } = server.address() as AddressInfo;
  const client = ecrClients({
    endpoint: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId: 'a', secretAccessKey: 's' },
    paceWatcher: pressure,
  })('eu-west-1');
  await client.send(new BatchGetImageCommand({ repositoryName: 'shop/web', imageIds: [] }));
  client.destroy();
  expect(pressure.take('eu-west-1')).toEqual({ throttles: 1, pacedMs: 0 });
});

test('calls with another quota do not wait for those', async () => {
  for (let count = 0; count < 10; count += 1) await put();
  waits.length = 0;
  await ecr.send(new BatchGetImageCommand({ repositoryName: 'shop/web', imageIds: [] }));
  expect(waits).toEqual([]);
});
