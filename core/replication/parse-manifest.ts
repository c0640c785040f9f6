import * as z from 'zod/mini';
import { explainIssue } from '../events/explain-issue.ts';
import type { Descriptor, Manifest } from '../ports.ts';

/** What a manifest refers to. */
export interface ManifestContent {
  readonly children: readonly Descriptor[];
  readonly blobs: readonly Descriptor[];
  /** The image that this manifest is about, when it is a signature, an SBOM or an attestation. */
  readonly subject?: string;
}

/** A manifest that cannot be copied, and why. */
export interface Refusal {
  readonly refused: string;
}

const INDEX_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];

const MANIFEST_TYPES = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  // Forms that came before OCI 1.1; registries still hold signatures and SBOMs in them.
  'application/vnd.oci.artifact.manifest.v1+json',
  'application/vnd.cncf.oras.artifact.manifest.v1+json',
];

/** Layers that their owner does not let anybody redistribute; no registry holds their bytes. */
const FOREIGN_TYPES = [
  'application/vnd.docker.image.rootfs.foreign.diff.tar',
  'application/vnd.oci.image.layer.nondistributable.v1.tar',
];

const descriptor = z.object({
  mediaType: z.string(),
  digest: z.string().check(z.regex(/^sha(256|512):[0-9a-f]{64,128}$/)),
  size: z.int().check(z.nonnegative()),
});

const schema = z.object({
  manifests: z._default(z.array(descriptor), []),
  config: z.optional(descriptor),
  layers: z._default(z.array(descriptor), []),
  blobs: z._default(z.array(descriptor), []),
  subject: z.optional(descriptor),
});

/** Reads a manifest's references; its bytes are never changed. */
export function parseManifest(manifest: Manifest): ManifestContent | Refusal {
  const isIndex = INDEX_TYPES.includes(manifest.mediaType);
  if (!isIndex && !MANIFEST_TYPES.includes(manifest.mediaType)) {
    return refuse(manifest, `has the media type ${manifest.mediaType}, which cannot be copied`);
  }
  const parsed = schema.safeParse(jsonOf(manifest.body));
  if (!parsed.success) {
    return refuse(manifest, `is malformed ${explainIssue(parsed.error)}`);
  }
  const { manifests, config, layers, blobs, subject } = parsed.data;
  const content = [...(config === undefined ? [] : [config]), ...layers, ...blobs];
  return {
    children: isIndex ? manifests : [],
    blobs: isIndex ? [] : content.filter((blob) => !isForeign(blob)),
    ...(subject === undefined ? {} : { subject: subject.digest }),
  };
}

function isForeign({ mediaType }: Descriptor): boolean {
  return FOREIGN_TYPES.some((type) => mediaType.startsWith(type));
}

function refuse({ digest }: Manifest, why: string): Refusal {
  return { refused: `The manifest ${digest} ${why}.` };
}

/** `undefined` for what is no JSON; the schema then says that it is malformed. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
