import { digestOfBytes } from '../../sandbox/services/ecr/manifest.ts';
import type { EcrModel } from '../../sandbox/services/ecr/ecr-model.ts';
import type { Repository } from '../../sandbox/services/ecr/repository.ts';

interface Part {
  readonly digest: string;
  readonly size: number;
  readonly mediaType: string;
}

const oci = 'application/vnd.oci.image';
const docker = 'application/vnd.docker';
const types = {
  index: `${oci}.index.v1+json`,
  manifest: `${oci}.manifest.v1+json`,
  config: `${oci}.config.v1+json`,
  gzip: `${oci}.layer.v1.tar+gzip`,
  zstd: `${oci}.layer.v1.tar+zstd`,
  dockerList: `${docker}.distribution.manifest.list.v2+json`,
  dockerManifest: `${docker}.distribution.manifest.v2+json`,
  dockerConfig: `${docker}.container.image.v1+json`,
  dockerLayer: `${docker}.image.rootfs.diff.tar.gzip`,
  dockerForeign: `${docker}.image.rootfs.foreign.diff.tar.gzip`,
};

/** Puts the parts of images into a repository, as a push from outside would. */
class Press {
  readonly #model: EcrModel;
  readonly #repository: Repository;

  constructor(model: EcrModel, repository: Repository) {
    this.#model = model;
    this.#repository = repository;
  }

  blob(text: string, mediaType: string): Part {
    const bytes = Buffer.from(text);
    const digest = this.#model.addBlob(this.#repository, bytes);
    return { digest, size: bytes.length, mediaType };
  }

  put(mediaType: string, body: object, tag?: string): Part {
    const text = JSON.stringify({ schemaVersion: 2, mediaType, ...body });
    const digest = digestOfBytes(text);
    const named = tag === undefined ? {} : { tag };
    const { region, name } = this.#repository;
    this.#model.putImage(region, name, { body: text, mediaType, ...named, isSeed: true });
    return { digest, size: Buffer.byteLength(text), mediaType };
  }

  image(name: string, layers: readonly string[] = ['base', name]): Part {
    return this.put(types.manifest, {
      config: this.blob(JSON.stringify({ name, os: 'linux' }), types.config),
      layers: layers.map((layer) => this.blob(`layer ${layer}`, types.gzip)),
    });
  }
}

type Shape = (press: Press, tag: string) => void;

/** Images as the tools of the field make them, by the name of what is special about them. */
export const realShapes: Readonly<Record<string, Shape>> = {
  'buildx index with attestations': (press, tag) => {
    const children = ['amd64', 'arm64'].flatMap((architecture) => {
      const image = press.image(`buildx ${architecture}`);
      const attestation = press.put(types.manifest, {
        config: press.blob('{"architecture":"unknown"}', types.config),
        layers: [press.blob(`provenance ${architecture}`, 'application/vnd.in-toto+json')],
      });
      const annotations = {
        'vnd.docker.reference.digest': image.digest,
        'vnd.docker.reference.type': 'attestation-manifest',
      };
      const unknown = { architecture: 'unknown', os: 'unknown' };
      return [
        { ...image, platform: { architecture, os: 'linux' } },
        { ...attestation, annotations, platform: unknown },
      ];
    });
    press.put(types.index, { manifests: children }, tag);
  },
  'cosign signature, attestation and SBOM by tag': (press, tag) => {
    const config = press.blob('{"signed":1}', types.config);
    const layers = [press.blob('layer signed', types.gzip)];
    const image = press.put(types.manifest, { config, layers }, tag);
    const name = image.digest.replace(':', '-');
    for (const [ending, mediaType] of [
      ['sig', 'application/vnd.dev.cosign.simplesigning.v1+json'],
      ['att', 'application/vnd.dsse.envelope.v1+json'],
      ['sbom', 'text/spdx+json'],
    ] as const) {
      const parts = [press.blob(`cosign ${ending}`, mediaType)];
      press.put(
        types.manifest,
        { config: press.blob(`{"${ending}":1}`, types.config), layers: parts },
        `${name}.${ending}`,
      );
    }
  },
  'zstd layers': (press, tag) => {
    const layers = ['one', 'two'].map((name) => press.blob(`zstd ${name}`, types.zstd));
    press.put(types.manifest, { config: press.blob('{"z":1}', types.config), layers }, tag);
  },
  'Docker list with a foreign layer': (press, tag) => {
    const digest = digestOfBytes('elsewhere');
    const urls = ['https://vendor.example/layer'];
    const foreign = { mediaType: types.dockerForeign, size: 9, digest, urls };
    const platforms = ['linux', 'windows'].map((os) => {
      const layers = [press.blob(`docker ${os}`, types.dockerLayer)];
      const image = press.put(types.dockerManifest, {
        config: press.blob(`{"os":"${os}"}`, types.dockerConfig),
        layers: os === 'windows' ? [foreign, ...layers] : layers,
      });
      return { ...image, platform: { architecture: 'amd64', os } };
    });
    press.put(types.dockerList, { manifests: platforms }, tag);
  },
  'Helm chart': (press, tag) => {
    const helm = 'application/vnd.cncf.helm';
    const layers = [press.blob('chart', `${helm}.chart.content.v1.tar+gzip`)];
    const config = press.blob('{"name":"chart"}', `${helm}.config.v1+json`);
    press.put(types.manifest, { config, layers }, tag);
  },
  'artifact of an unknown type with an empty configuration': (press, tag) => {
    press.put(
      types.manifest,
      {
        artifactType: 'application/vnd.example.model',
        config: press.blob('{}', 'application/vnd.oci.empty.v1+json'),
        layers: [press.blob('weights', 'application/vnd.example.weights')],
      },
      tag,
    );
  },
  'referrers of referrers': (press, tag) => {
    const layers = [press.blob('layer referred', types.gzip)];
    const config = press.blob('{"referred":1}', types.config);
    let subject = press.put(types.manifest, { config, layers }, tag);
    for (const kind of ['sbom', 'signature', 'countersignature']) {
      subject = press.put(types.manifest, {
        artifactType: `application/vnd.example.${kind}`,
        config: press.blob('{}', 'application/vnd.oci.empty.v1+json'),
        layers: [press.blob(kind, 'application/octet-stream')],
        subject,
        annotations: { 'org.example.kind': kind },
      });
    }
  },
  'indexes in indexes': (press, tag) => {
    const inner = press.put(types.index, { manifests: [press.image('inner')] });
    const middle = press.put(types.index, { manifests: [inner, press.image('middle')] });
    press.put(types.index, { manifests: [middle, press.image('outer')] }, tag);
  },
  'layer without bytes': (press, tag) => {
    const layers = [press.blob('', types.gzip), press.blob('', types.gzip)];
    press.put(types.manifest, { config: press.blob('{"e":1}', types.config), layers }, tag);
  },
  'many layers': (press, tag) => {
    const layers = Array.from({ length: 127 }, (_none, at) => press.blob(`l ${at}`, types.gzip));
    press.put(types.manifest, { config: press.blob('{"m":1}', types.config), layers }, tag);
  },
};

/** Pushes one of them. */
export function pushShape(model: EcrModel, repository: Repository, name: string, tag: string) {
  realShapes[name]?.(new Press(model, repository), tag);
}
