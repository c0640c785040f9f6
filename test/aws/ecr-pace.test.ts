import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { BatchGetImageCommand, ECRClient, PutImageCommand } from '@aws-sdk/client-ecr';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ecrPace } from '../../aws/ecr-pace.ts';

let server: http.Server;
let ecr: ECRClient;
let attempts: number;
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
  ecr.middlewareStack.use(ecrPace({ nowMs: () => 0, sleep }));
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
});

test('calls with another quota do not wait for those', async () => {
  for (let count = 0; count < 10; count += 1) await put();
  waits.length = 0;
  await ecr.send(new BatchGetImageCommand({ repositoryName: 'shop/web', imageIds: [] }));
  expect(waits).toEqual([]);
});
