import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Place } from '../../core/replication/place.ts';
import { HttpClient } from '../../registry/http-client.ts';
import { OciRegistry } from '../../registry/oci-registry.ts';
import { RegistryClient } from '../../registry/registry-client.ts';
import type { RegistryProfile } from '../../sandbox/registry/registry-reply.ts';
import { RegistryServer } from '../../sandbox/registry/registry-server.ts';
import { EcrModel } from '../../sandbox/services/ecr/ecr-model.ts';
import type { Repository } from '../../sandbox/services/ecr/repository.ts';
import { ACCOUNT_ID, recordingHub, worldFrom } from '../sandbox/recording-hub.ts';
import { type FaultRule, type RequestWatcher, startFaultProxy } from './fault-proxy.ts';

export const REPOSITORY = 'team/app';

/** A registry of the local cloud on a loopback port. */
export interface LabRegistry {
  readonly host: string;
  readonly content: Repository;
}

/** Registries for one test, and clients of them that wait a thousandth of the real time. */
export class RegistryLab {
  readonly model: EcrModel;
  /** The repositories of all registries of the local cloud, by their region. */
  readonly registries: Repository[] = [];
  readonly #cleanups: (() => Promise<void> | void)[] = [];
  #count = 0;

  constructor() {
    const world = worldFrom();
    this.model = new EcrModel(world, recordingHub(world), { accountId: ACCOUNT_ID });
  }

  async registry(profile: RegistryProfile = 'oci'): Promise<LabRegistry> {
    this.#count += 1;
    const region = `region-${this.#count}`;
    const content = this.model.createRepository(region, REPOSITORY);
    this.registries.push(content);
    const server = new RegistryServer({ model: this.model, region, profile });
    const host = new URL(await server.listen()).host;
    this.#cleanups.push(() => server.close());
    return { host, content };
  }

  /** Pushes an image with layers of these sizes in bytes; returns its digest. */
  pushImage(content: Repository, tag: string, layerBytes: readonly number[]): string {
    const blob = (size: number, mediaType: string) => {
      const bytes = Buffer.alloc(size, createHash('sha256').update(`${size}`).digest());
      return { digest: this.model.addBlob(content, bytes), size, mediaType };
    };
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const layer = 'application/vnd.oci.image.layer.v1.tar+gzip';
    const body = JSON.stringify({
      schemaVersion: 2,
      mediaType,
      config: blob(200, 'application/vnd.oci.image.config.v1+json'),
      layers: layerBytes.map((size) => blob(size, layer)),
    });
    const put = { body, mediaType, tag, isSeed: true };
    return this.model.putImage(content.region, content.name, put).digest;
  }

  /** Runs when the lab closes. */
  cleanUpWith(cleanUp: () => void): void {
    this.#cleanups.push(cleanUp);
  }

  /** Stands before a registry and breaks requests by rule; returns its own host. */
  async faultsBefore(host: string, rule: FaultRule, watch?: RequestWatcher): Promise<string> {
    const proxy = await startFaultProxy(host, rule, watch);
    this.#cleanups.push(proxy.close);
    return proxy.host;
  }

  place(
    host: string,
    options: {
      readonly stallMs?: number;
      readonly waits?: number[];
    } = {},
  ): Place & { readonly registry: OciRegistry; readonly http: HttpClient } {
    const { stallMs = 2_000, waits = [] } = options;
    const http = new HttpClient({ stallMs });
    const client = new RegistryClient({
      host,
      scheme: 'http',
      http,
      credentials: () => Promise.resolve({ user: 'AWS', password: 'token' }),
      means: {
        sleep: (ms) => {
          waits.push(ms);
          return sleep(ms / 1_000);
        },
        random: () => 0.5,
      },
      access: 'pull,push',
    });
    this.#cleanups.unshift(() => {
      http.close();
    });
    return {
      name: host,
      registry: new OciRegistry(client),
      repository: REPOSITORY,
      http,
    };
  }

  async close(): Promise<void> {
    for (const cleanUp of this.#cleanups.splice(0)) await cleanUp();
    this.model.close();
  }
}

/** All that a repository shows, so that two can be compared. */
export function graphOf({ images, tags, blobs }: Repository) {
  return {
    manifests: Object.fromEntries(
      [...images].map(([digest, { body, manifest }]) => [digest, `${manifest.mediaType} ${body}`]),
    ),
    tags: Object.fromEntries(tags),
    blobs: Object.fromEntries(blobs),
  };
}
