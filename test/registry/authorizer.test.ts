import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { parseChallenge } from '../../registry/authorizer.ts';
import type { Credentials } from '../../registry/credentials.ts';
import { HttpClient } from '../../registry/http-client.ts';
import { OciRegistry } from '../../registry/oci-registry.ts';
import { RegistryClient } from '../../registry/registry-client.ts';

let server: http.Server;
let host: string;
let client: HttpClient;
const logins: string[] = [];

/** A registry behind a token service, as Docker Hub and GitHub have it. */
beforeEach(async () => {
  logins.length = 0;
  client = new HttpClient();
  server = http.createServer((request, response) => {
    const { authorization = '', host: own = '' } = request.headers;
    if (request.url?.startsWith('/token') === true) {
      let body = '';
      request.on('data', (part: Buffer) => (body += part.toString()));
      request.on('end', () => {
        logins.push(`${request.method ?? ''} ${authorization} ${request.url ?? ''} ${body}`);
        response.end(JSON.stringify({ token: 'short-lived', expires_in: 300 }));
      });
    } else if (authorization === 'Bearer short-lived') {
      response.end('{"tags":["v1"]}');
    } else {
      const challenge = `Bearer realm="http://${own}/token",service="lab",scope="ignored"`;
      response.writeHead(401, { 'www-authenticate': challenge }).end('{}');
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => {
  client.close();
  server.closeAllConnections();
  server.close();
});

const registryWith = (credentials: Credentials | undefined) =>
  new OciRegistry(
    new RegistryClient({
      host,
      scheme: 'http',
      http: client,
      credentials: () => Promise.resolve(credentials),
      means: { sleep: () => Promise.resolve(), random: () => 0 },
      access: 'pull',
    }),
  );

test('gets one token for a repository and uses it again', async () => {
  const registry = registryWith({ user: 'ann', password: 'pw' });
  expect(await registry.tagNames('team/app')).toEqual(['v1']);
  expect(await registry.tagNames('team/app')).toEqual(['v1']);
  const basic = `Basic ${Buffer.from('ann:pw').toString('base64')}`;
  const query = 'service=lab&scope=repository%3Ateam%2Fapp%3Apull';
  expect(logins).toEqual([`GET ${basic} /token?${query} `]);
});

test('gets a token anonymously, and with an identity token by its own grant', async () => {
  expect(await registryWith(undefined).tagNames('team/app')).toEqual(['v1']);
  const identity = { user: '', password: '', identityToken: 'id' };
  expect(await registryWith(identity).tagNames('team/app')).toEqual(['v1']);
  expect(logins[0]).toMatch(/^GET {2}\/token/);
  expect(logins[1]).toMatch(/^POST {2}\/token .*grant_type=refresh_token.*refresh_token=id/);
});

test.each([
  ['Basic realm="x"', { scheme: 'basic', realm: 'x' }],
  [
    'Bearer realm="https://auth.example/token",service="s"',
    { scheme: 'bearer', realm: 'https://auth.example/token', service: 's' },
  ],
])('reads the challenge %s', (header, challenge) => {
  expect(parseChallenge(header, 'h')).toEqual(challenge);
});

test.each([undefined, 'Negotiate', 'Bearer realm="nowhere"'])('rejects %s', (header) => {
  expect(() => parseChallenge(header, 'h')).toThrow('h wants a login of an unknown kind');
});
