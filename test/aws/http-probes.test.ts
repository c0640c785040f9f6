import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { HttpProbes } from '../../aws/http-probes.ts';
import type { Resolver } from '../../aws/outside-world.ts';

const asked = () => Promise.resolve(200);
const resolverOf = (answer: () => Promise<never>): Resolver => ({
  resolveTxt: answer,
  resolve4: answer,
});
const dnsError = (code: string) => () => Promise.reject(Object.assign(new Error(code), { code }));

describe('an HTTP probe', () => {
  let server: Server | undefined;

  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  test.each([
    [200, true],
    [204, true],
    [302, true],
    [404, false],
    [503, false],
  ])('takes status %p for ok=%p, as Route 53 does', async (status, ok) => {
    const probes = new HttpProbes(() => Promise.resolve(status));
    expect(await probes.http('https://a.example/')).toEqual({ ok, text: `answered ${status}` });
  });

  test('says why no answer came', async () => {
    const cause = new Error('connect ECONNREFUSED');
    const probes = new HttpProbes(() => Promise.reject(new TypeError('fetch failed', { cause })));
    expect(await probes.http('https://a.example/')).toEqual({
      ok: false,
      text: 'no answer: connect ECONNREFUSED',
    });
  });

  test('connects anew each time and does not follow a redirect', async () => {
    const connections: unknown[] = [];
    server = createServer((request, response) => {
      connections.push(request.headers.connection);
      response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end();
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const probes = new HttpProbes();
    expect(await probes.http(`http://127.0.0.1:${port}/`)).toMatchObject({ ok: true });
    expect(connections).toEqual(['close']);
  });
});

describe('a DNS probe', () => {
  test('joins the pieces of a text', async () => {
    const resolver: Resolver = {
      resolveTxt: () => Promise.resolve([['u', 'p'], ['x']]),
      resolve4: () => Promise.resolve(['192.0.2.1']),
    };
    const probes = new HttpProbes(asked, resolver);
    expect(await probes.txt('a.example')).toEqual(['up', 'x']);
    expect(await probes.addresses('a.example')).toEqual(['192.0.2.1']);
  });

  test.each([
    ['ENOTFOUND', []],
    ['ENODATA', []],
    ['ESERVFAIL', undefined],
    ['ECONNREFUSED', undefined],
    ['ETIMEOUT', undefined],
  ])('takes %s for %p', async (code, expected) => {
    const probes = new HttpProbes(asked, resolverOf(dnsError(code)));
    expect(await probes.txt('a.example')).toEqual(expected);
    expect(await probes.addresses('a.example')).toEqual(expected);
  });
});
