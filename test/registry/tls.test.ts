import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type LabRegistry, RegistryLab, REPOSITORY } from './registry-lab.ts';
import { logIn, startImages } from './run-images.ts';

const hasOpenssl = existsSync('/usr/bin/openssl');
if (!hasOpenssl) process.stderr.write('openssl is not installed; tests of TLS are skipped.\n');

interface Pair {
  readonly cert: string;
  readonly key: string;
}

let pairs: { readonly ours: Pair; readonly others: Pair };
let lab: RegistryLab;
let home: string;
let source: LabRegistry;
let target: LabRegistry;

/** A self-signed certificate for a day, its key made for this one run. */
function selfSigned(name: string): Pair {
  const folder = mkdtempSync(path.join(tmpdir(), 'farshore-tls-'));
  const [key, cert] = ['key.pem', 'cert.pem'].map((file) => path.join(folder, file));
  const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-x509'];
  const named = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`, '-days', '1'];
  const files = ['-keyout', key ?? '', '-out', cert ?? ''];
  execFileSync('openssl', ['req', ...made, ...named, ...files], { stdio: 'pipe' });
  const [keyText = '', certText = ''] = [key, cert].map((file) => readFileSync(file ?? '', 'utf8'));
  rmSync(folder, { recursive: true });
  return { key: keyText, cert: certText };
}

/** Speaks TLS before a registry; with `asks` only to those who show that certificate. */
async function tlsBefore(host: string, { key, cert }: Pair, asks?: string): Promise<string> {
  const [, port = ''] = host.split(':');
  const open = new Set<net.Socket>();
  const asked = asks === undefined ? {} : { requestCert: true, ca: asks };
  const server = tls.createServer({ key, cert, ...asked }, (client) => {
    const upstream = net.connect(Number(port), '127.0.0.1');
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on('error', () => undefined);
    }
    client.pipe(upstream).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  lab.cleanUpWith(() => {
    server.close();
    for (const socket of open) socket.destroy();
  });
  return `localhost:${(server.address() as AddressInfo).port}`;
}

/** Files of `~/.config/containers/certs.d/HOST`. */
function trust(host: string, files: Readonly<Record<string, string>>): void {
  const folder = path.join(home, '.config', 'containers', 'certs.d', host);
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
}

/** Copies an image from one such registry to another, or to a plain one. */
async function copy(from: string, to: string, env: NodeJS.ProcessEnv = {}) {
  logIn(home, [from, to]);
  const images = [`https://${from}/${REPOSITORY}:v1`, `https://${to}/${REPOSITORY}`];
  const started = startImages(home, ['copy', ...images], { HOME: home, ...env });
  return { status: await started.ended, ...started.said };
}

beforeAll(() => {
  if (hasOpenssl) pairs = { ours: selfSigned('localhost'), others: selfSigned('other.example') };
});

beforeEach(async () => {
  lab = new RegistryLab();
  home = mkdtempSync(path.join(tmpdir(), 'farshore-home-'));
  [source, target] = [await lab.registry(), await lab.registry()];
  lab.pushImage(source.content, 'v1', [200_000, 300_000]);
});

afterEach(async () => {
  await lab.close();
  rmSync(home, { recursive: true, force: true });
});

const withOpenssl = hasOpenssl ? describe : describe.skip;

withOpenssl('a registry with a certificate of its own', () => {
  const both = async (pair = pairs.ours) => {
    return [await tlsBefore(source.host, pair), await tlsBefore(target.host, pair)] as const;
  };

  test('is refused at once, with what to do', async () => {
    const [from, to] = await both();
    const { status, stdout, stderr } = await copy(from, to);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(/its certificate is not trusted \(self-signed certificate\)/);
    expect(stderr).toContain(`/etc/docker/certs.d/${from}/ca.crt`);
    expect(stderr).toContain('NODE_EXTRA_CA_CERTS');
    expect(target.content.tags.size).toBe(0);
  });

  test('is read and written when its folder names the authority', async () => {
    const [from, to] = await both();
    for (const host of [from, to]) trust(host, { 'ca.crt': pairs.ours.cert });
    expect(await copy(from, to)).toMatchObject({ status: 0 });
    expect(target.content.tags.get('v1')).toBe(source.content.tags.get('v1'));
  });

  test('is not trusted for the folder of another host', async () => {
    const [from, to] = await both();
    trust(from, { 'ca.crt': pairs.ours.cert });
    const { status, stderr } = await copy(from, to);
    expect(status).toBe(2);
    expect(stderr).toContain(`${to}: its certificate is not trusted`);
  });

  test('is trusted when NODE_EXTRA_CA_CERTS names the authority', async () => {
    const [from, to] = await both();
    const file = path.join(home, 'extra.pem');
    writeFileSync(file, pairs.ours.cert);
    expect(await copy(from, to, { NODE_EXTRA_CA_CERTS: file })).toMatchObject({ status: 0 });
  });

  test('for other names is refused, and says for which', async () => {
    const [from, to] = await both(pairs.others);
    trust(from, { 'ca.crt': pairs.others.cert });
    const { status, stderr } = await copy(from, to);
    expect(status).toBe(2);
    expect(stderr).toMatch(/its certificate is for other names \(.*other\.example/);
  });

  test('is shown a certificate where it asks for one', async () => {
    const { ours, others } = pairs;
    const from = await tlsBefore(source.host, ours, others.cert);
    const to = await tlsBefore(target.host, ours);
    trust(to, { 'ca.crt': ours.cert });
    trust(from, { 'ca.crt': ours.cert, 'client.cert': others.cert, 'client.key': others.key });
    expect(await copy(from, to)).toMatchObject({ status: 0 });
  });

  test('with files that are no certificates is refused, and says which', async () => {
    const [from, to] = await both();
    trust(from, { 'client.cert': 'nonsense', 'client.key': 'nonsense' });
    const { status, stderr } = await copy(from, to);
    expect(status).toBe(2);
    expect(stderr).toContain(path.join('certs.d', from));
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});
