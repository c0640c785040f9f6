import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import tls from 'node:tls';
import { messageOf } from '../core/errors.ts';
import { RegistryError } from './registry-error.ts';

/** What a connection to a host is made with beyond what Node trusts; undefined for nothing. */
export type FindTrust = (host: string) => tls.SecureContext | undefined;

/** Where docker, podman and skopeo look, in this order; the first that knows the host counts. */
export function certificateFolders(home: string): readonly string[] {
  const own = path.join(home, '.config', 'containers', 'certs.d');
  return [own, '/etc/containers/certs.d', '/etc/docker/certs.d'];
}

/**
 * Trusts what lies in `FOLDER/HOST[:PORT]`: each `*.crt` is a certificate authority besides those
 * of Node, and `NAME.cert` with `NAME.key` is shown to a registry that asks who calls.
 */
export function trustFrom(folders: readonly string[]): FindTrust {
  const known = new Map<string, tls.SecureContext | undefined>();
  return (host) => {
    if (!known.has(host)) known.set(host, contextFor(folders, host));
    return known.get(host);
  };
}

function contextFor(folders: readonly string[], host: string): tls.SecureContext | undefined {
  for (const folder of folders) {
    const place = path.join(folder, host);
    const names = filesIn(place);
    if (names === undefined) continue;
    const read = (name: string) => readFileSync(path.join(place, name), 'utf8');
    try {
      const own = names.filter((name) => name.endsWith('.crt')).map(read);
      const cert = names.find((name) => name.endsWith('.cert'));
      const shown =
        cert === undefined ? {} : { cert: read(cert), key: read(cert.replace(/cert$/, 'key')) };
      return tls.createSecureContext({ ca: [...authorities(), ...own], ...shown });
    } catch (error) {
      const what = `${host}: its certificates in ${place} cannot be used: ${messageOf(error)}`;
      throw new RegistryError('untrusted', `${what}; mend or remove them`, { cause: error });
    }
  }
  return undefined;
}

function filesIn(folder: string): readonly string[] | undefined {
  try {
    return readdirSync(folder).sort();
  } catch {
    // Missing mostly; one that may not be read is told of by the registry that is not trusted.
    return undefined;
  }
}

/** Node's own, with those of NODE_EXTRA_CA_CERTS where this Node can tell them. */
function authorities(): readonly string[] {
  const { getCACertificates } = tls as Partial<typeof tls>;
  return getCACertificates?.('default') ?? tls.rootCertificates;
}
