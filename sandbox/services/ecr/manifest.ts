import { createHash } from 'node:crypto';

/** Media types the registry knows, by what they describe. */
export const mediaTypes = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  dockerList: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
} as const;

interface Descriptor {
  readonly digest: string;
  readonly size: number;
  readonly mediaType: string | undefined;
}

/** What the registry reads in a manifest; the bytes themselves are kept as they came. */
export interface ParsedManifest {
  readonly mediaType: string;
  readonly artifactType: string | undefined;
  readonly config: Descriptor | undefined;
  readonly layers: readonly Descriptor[];
  /** Children of an index. */
  readonly children: readonly Descriptor[];
  readonly subject: string | undefined;
  readonly annotations: Readonly<Record<string, string>> | undefined;
}

export function digestOfBytes(bytes: string | Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Undefined when the text is no manifest. */
export function parseManifest(
  body: string,
  mediaType: string | undefined,
): ParsedManifest | undefined {
  const json = parseObject(body);
  if (json === undefined) return undefined;
  const config = descriptor(json['config']);
  const children = descriptors(json['manifests']);
  if (config === undefined && !Array.isArray(json['manifests'])) return undefined;
  const guessed = config === undefined ? mediaTypes.index : mediaTypes.manifest;
  return {
    mediaType: mediaType ?? text(json['mediaType']) ?? guessed,
    artifactType: text(json['artifactType']) ?? config?.mediaType,
    config,
    // Layers of a foreign type live at their own address and never in a registry.
    layers: descriptors(json['layers']).filter((layer) => !isForeign(layer.mediaType)),
    children,
    subject: descriptor(json['subject'])?.digest,
    annotations: json['annotations'] as Readonly<Record<string, string>> | undefined,
  };
}

function parseObject(body: string): Record<string, unknown> | undefined {
  try {
    const json: unknown = JSON.parse(body);
    const isObject = typeof json === 'object' && json !== null && !Array.isArray(json);
    return isObject ? (json as Record<string, unknown>) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined;

function descriptor(value: unknown): Descriptor | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { digest, size, mediaType } = value as Record<string, unknown>;
  if (typeof digest !== 'string') return undefined;
  return { digest, size: typeof size === 'number' ? size : 0, mediaType: text(mediaType) };
}

function descriptors(value: unknown): readonly Descriptor[] {
  if (!Array.isArray(value)) return [];
  return value.map(descriptor).filter((found) => found !== undefined);
}

const isForeign = (mediaType: string | undefined): boolean =>
  /nondistributable|foreign/.test(mediaType ?? '');
