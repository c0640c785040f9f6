import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OciLayout } from './sample-image.ts';
import { mediaTypes } from './services/ecr/manifest.ts';

/** Writes an image as an OCI layout folder, which skopeo and crane read as `oci:<folder>:<tag>`. */
export function writeOciLayout(folder: string, image: OciLayout, tag = 'latest'): void {
  const blobs = join(folder, 'blobs', 'sha256');
  mkdirSync(blobs, { recursive: true });
  const write = (digest: string, content: string | Uint8Array): void => {
    writeFileSync(join(blobs, digest.replace('sha256:', '')), content);
  };
  for (const { digest, content } of image.blobs) write(digest, content);
  for (const { digest, body } of [...image.manifests, image.index]) write(digest, body);
  const { digest, mediaType, body } = image.index;
  const entry = {
    mediaType,
    digest,
    size: body.length,
    annotations: { 'org.opencontainers.image.ref.name': tag },
  };
  const index = { schemaVersion: 2, mediaType: mediaTypes.index, manifests: [entry] };
  writeFileSync(join(folder, 'index.json'), JSON.stringify(index));
  writeFileSync(join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
}
