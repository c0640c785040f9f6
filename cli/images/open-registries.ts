import { homedir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Place } from '../../core/replication/place.ts';
import { dockerCredentials } from '../../registry/credentials.ts';
import { HttpClient } from '../../registry/http-client.ts';
import type { Traffic } from '../../registry/http-client.ts';
import { type ImageReference, nameOf } from '../../registry/image-reference.ts';
import { OciRegistry } from '../../registry/oci-registry.ts';
import { RegistryClient } from '../../registry/registry-client.ts';
import { certificateFolders, trustFrom } from '../../registry/trusted-certificates.ts';

/** Registries of one command, each with its own connections and its count of traffic. */
export interface Registries {
  place(reference: ImageReference): Place & { readonly registry: OciRegistry };
  /** Opens connections while the first answer is on its way. */
  prepare(reference: ImageReference, counts: { requests: number; bodies: number }): void;
  /** By host. */
  traffic(): Readonly<Record<string, Traffic>>;
  close(): void;
}

/** Opens registries over HTTP, with docker's credentials; nothing is asked before it is used. */
export function openRegistries(access: 'pull' | 'pull,push'): Registries {
  const env = process.env;
  const folder = env['DOCKER_CONFIG'] ?? path.join(homedir(), '.docker');
  const credentials = dockerCredentials(path.join(folder, 'config.json'), env);
  const trust = trustFrom(certificateFolders(homedir()));
  const open = new Map<string, { readonly http: HttpClient; readonly registry: OciRegistry }>();
  const of = ({ host, scheme }: ImageReference) => {
    const known = open.get(host);
    if (known !== undefined) return known;
    const http = new HttpClient({ trust });
    const means = { sleep: (ms: number) => sleep(ms), random: Math.random };
    const client = new RegistryClient({ host, scheme, http, credentials, means, access });
    const opened = { http, registry: new OciRegistry(client) };
    open.set(host, opened);
    return opened;
  };
  return {
    place: (reference) => ({
      name: nameOf(reference),
      registry: of(reference).registry,
      repository: reference.repository,
    }),
    prepare: (reference, counts) => {
      of(reference).http.prepare(new URL(`${reference.scheme}://${reference.host}`), counts);
    },
    traffic: () => Object.fromEntries([...open].map(([host, { http }]) => [host, http.traffic])),
    close: () => {
      for (const { http } of open.values()) http.close();
    },
  };
}
