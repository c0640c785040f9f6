import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { dockerCredentials } from '../../registry/credentials.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'farshore-docker-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function credentialsFrom(config: object | string) {
  const file = path.join(folder, 'config.json');
  writeFileSync(file, typeof config === 'string' ? config : JSON.stringify(config));
  return dockerCredentials(file, { PATH: `${folder}:/usr/bin:/bin` });
}

const auth = Buffer.from('ann:secret:with:colons').toString('base64');

test.each(['registry.example', 'https://registry.example', 'https://registry.example/v2/'])(
  'finds a login that is kept under %s',
  async (key) => {
    const find = credentialsFrom({ auths: { [key]: { auth } } });
    expect(await find('registry.example')).toEqual({ user: 'ann', password: 'secret:with:colons' });
    expect(await find('other.example')).toBeUndefined();
  },
);

test('finds the login of Docker Hub under its old name', async () => {
  const find = credentialsFrom({ auths: { 'https://index.docker.io/v1/': { auth } } });
  expect(await find('registry-1.docker.io')).toMatchObject({ user: 'ann' });
});

test('is anonymous without a file', async () => {
  expect(
    await dockerCredentials(path.join(folder, 'none.json'), {})('registry.example'),
  ).toBeUndefined();
});

test('says what is wrong with a file that is no JSON', () => {
  expect(() => credentialsFrom('{')).toThrow(/config\.json is no JSON; log in again/);
});

test('asks the helper of a host, which may know nothing', async () => {
  const helper = path.join(folder, 'docker-credential-lab');
  const answer = '{"Username":"<token>","Secret":"refresh"}';
  writeFileSync(
    helper,
    `#!/bin/sh\nread host\n[ "$host" = a.example ] || exit 1\necho '${answer}'\n`,
  );
  chmodSync(helper, 0o755);
  const find = credentialsFrom({ credHelpers: { 'a.example': 'lab', 'b.example': 'lab' } });
  expect(await find('a.example')).toMatchObject({ identityToken: 'refresh' });
  expect(await find('b.example')).toBeUndefined();
  const lost = credentialsFrom({ credHelpers: { 'a.example': 'lost' } });
  await expect(lost('a.example')).rejects.toThrow('docker-credential-lost');
});
