import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { EcrRegistry } from '../../aws/ecr-registry.ts';
import type { BegunUpload, UploadPage } from '../../core/ports.ts';
import { awsError, inTurn, stubAws } from './stub-client.ts';

const MIB = 1_048_576;
const digest = `sha256:${'a'.repeat(64)}`;
const index = 'application/vnd.oci.image.index.v1+json';

function registryOver(answers: Parameters<typeof stubAws>[0], fetch = refuseFetch) {
  const stub = stubAws(answers);
  return { registry: new EcrRegistry(stub.clients.ecr('us-west-2'), fetch), stub };
}

const refuseFetch: typeof fetch = () => Promise.reject(new Error('no download was expected'));

async function* chunks(...sizes: readonly number[]): AsyncGenerator<Uint8Array, void> {
  for (const size of sizes) yield await Promise.resolve(new Uint8Array(size));
}

const blobOf = (size: number) => ({ digest, size, mediaType: 'application/octet-stream' });

describe('reading a manifest', () => {
  test.each([
    ['by digest', digest, { imageDigest: digest }],
    ['by tag', '1.2.0', { imageTag: '1.2.0' }],
  ])('%s accepts every kind and keeps the bytes', async (_title, reference, imageId) => {
    const body = `{\n "mediaType": "${index}" }`;
    const { registry, stub } = registryOver({
      'ECR BatchGetImage': () => ({
        images: [
          { imageId: { imageDigest: digest }, imageManifest: body, imageManifestMediaType: index },
        ],
      }),
    });
    expect(await registry.manifest('shop/web', reference)).toEqual({
      digest,
      mediaType: index,
      body,
    });
    const input = stub.inputs('ECR BatchGetImage')[0];
    expect(input).toMatchObject({ repositoryName: 'shop/web', imageIds: [imageId] });
    expect(input?.['acceptedMediaTypes']).toHaveLength(4);
  });

  test('gives nothing when there is no such image', async () => {
    const { registry } = registryOver({
      'ECR BatchGetImage': () => ({ failures: [{ failureCode: 'ImageNotFound' }] }),
    });
    expect(await registry.manifest('shop/web', '9.9.9')).toBeUndefined();
  });

  test('fails for every other reason', async () => {
    const { registry } = registryOver({
      'ECR BatchGetImage': () => ({
        failures: [{ failureCode: 'KmsError', failureReason: 'no key' }],
      }),
    });
    await expect(registry.manifest('shop/web', '1')).rejects.toThrow(
      'shop/web 1: KmsError, no key',
    );
  });

  test('fails when the repository does not exist', async () => {
    const { registry } = registryOver({
      'ECR BatchGetImage': () => awsError('RepositoryNotFoundException'),
    });
    await expect(registry.manifest('shop/web', '1')).rejects.toThrow('us-west-2');
  });
});

describe('listing', () => {
  test('gives every tag of every page', async () => {
    const pushed = new Date(1_000);
    const { registry, stub } = registryOver({
      'ECR DescribeImages': inTurn(
        {
          imageDetails: [{ imageDigest: digest, imageTags: ['1', 'x'], imagePushedAt: pushed }],
          nextToken: 'more',
        },
        { imageDetails: [{ imageDigest: digest, imageTags: ['2'], imagePushedAt: pushed }] },
      ),
    });
    const tags = await registry.tags('shop/web');
    expect(tags.map(({ tag }) => tag)).toEqual(['1', 'x', '2']);
    expect(tags[0]).toEqual({ tag: '1', digest, pushedAtMs: 1_000 });
    expect(stub.inputs('ECR DescribeImages')).toEqual([
      { repositoryName: 'shop/web', filter: { tagStatus: 'TAGGED' }, maxResults: 1_000 },
      expect.objectContaining({ nextToken: 'more' }),
    ]);
  });

  test('gives the referrers of every page', async () => {
    const one = { digest, size: 7, mediaType: 'm', artifactType: 'a' };
    const { registry } = registryOver({
      'ECR ListImageReferrers': inTurn({ referrers: [one], nextToken: 'n' }, { referrers: [one] }),
    });
    const found = await registry.referrers('shop/web', digest);
    expect(found).toEqual([
      { digest, size: 7, mediaType: 'm' },
      { digest, size: 7, mediaType: 'm' },
    ]);
  });

  test.each(['ImageNotFoundException', 'UnknownOperationException'])(
    'gives no referrers on %s',
    async (name) => {
      const { registry } = registryOver({ 'ECR ListImageReferrers': () => awsError(name) });
      expect(await registry.referrers('shop/web', digest)).toEqual([]);
    },
  );

  test('fails when referrers cannot be listed now', async () => {
    const { registry } = registryOver({
      'ECR ListImageReferrers': () => awsError('ThrottlingException'),
    });
    await expect(registry.referrers('shop/web', digest)).rejects.toThrow('ThrottlingException');
  });
});

test('asks for missing blobs a hundred at a time and for each only once', async () => {
  const digests = Array.from({ length: 150 }, (_, n) => `sha256:${n}`);
  const { registry, stub } = registryOver({
    'ECR BatchCheckLayerAvailability': ({ input }) => ({
      layers: (input['layerDigests'] as string[]).map((layerDigest) => ({
        layerDigest,
        layerAvailability: layerDigest === 'sha256:149' ? 'UNAVAILABLE' : 'AVAILABLE',
      })),
    }),
  });
  const missing = await registry.missingBlobs('shop/web', [...digests, 'sha256:0']);
  expect(missing).toEqual(['sha256:149']);
  const sizes = stub
    .inputs('ECR BatchCheckLayerAvailability')
    .map(({ layerDigests }) => (layerDigests as string[]).length);
  expect(sizes).toEqual([100, 50]);
});

describe('writing a blob', () => {
  const upload = {
    'ECR InitiateLayerUpload': () => ({ uploadId: 'u', partSize: 5 * MIB }),
    'ECR UploadLayerPart': () => ({}),
    'ECR CompleteLayerUpload': () => ({}),
  };
  const ranges = (stub: ReturnType<typeof stubAws>) =>
    stub
      .inputs('ECR UploadLayerPart')
      .map(({ partFirstByte, partLastByte, layerPartBlob }) => [
        partFirstByte,
        partLastByte,
        (layerPartBlob as Uint8Array).byteLength,
      ]);

  test.each([
    ['one short part', [7], [[0, 6, 7]]],
    ['exactly one part', [5 * MIB], [[0, 5 * MIB - 1, 5 * MIB]]],
    [
      'chunks that do not fit the parts',
      [4 * MIB, 4 * MIB, 4 * MIB],
      [
        [0, 5 * MIB - 1, 5 * MIB],
        [5 * MIB, 10 * MIB - 1, 5 * MIB],
        [10 * MIB, 12 * MIB - 1, 2 * MIB],
      ],
    ],
    [
      'one chunk of several parts',
      [11 * MIB],
      [
        [0, 5 * MIB - 1, 5 * MIB],
        [5 * MIB, 10 * MIB - 1, 5 * MIB],
        [10 * MIB, 11 * MIB - 1, MIB],
      ],
    ],
  ])('sends %s, one after the other', async (_title, sizes, expected) => {
    const { registry, stub } = registryOver(upload);
    const size = sizes.reduce((sum, each) => sum + each, 0);
    await registry.writeBlob('shop/web', blobOf(size), () => chunks(...sizes));
    expect(ranges(stub)).toEqual(expected);
    expect(stub.inputs('ECR CompleteLayerUpload')).toEqual([
      { repositoryName: 'shop/web', uploadId: 'u', layerDigests: [digest] },
    ]);
  });

  test('refuses a layer without bytes, as ECR does, before it begins an upload', async () => {
    const { registry, stub } = registryOver(upload);
    const write = registry.writeBlob('shop/web', blobOf(0), () => chunks());
    await expect(write).rejects.toThrow('ECR takes no layers without bytes');
    expect(stub.sent).toEqual([]);
  });

  test('never sends more than 10 MiB at once', async () => {
    const { registry, stub } = registryOver({
      ...upload,
      'ECR InitiateLayerUpload': () => ({ uploadId: 'u', partSize: 20 * MIB }),
    });
    await registry.writeBlob('shop/web', blobOf(12 * MIB), () => chunks(12 * MIB));
    expect(ranges(stub).map(([, , size]) => size)).toEqual([10 * MIB, 2 * MIB]);
  });

  test('counts a layer that is there already as written', async () => {
    const { registry } = registryOver({
      ...upload,
      'ECR CompleteLayerUpload': () => awsError('LayerAlreadyExistsException'),
    });
    await registry.writeBlob('shop/web', blobOf(1), () => chunks(1));
  });

  test('goes on when a part arrived and only its answer was lost', async () => {
    const { registry, stub } = registryOver({
      ...upload,
      'ECR UploadLayerPart': () =>
        awsError('InvalidLayerPartException', { lastValidByteReceived: 6 }),
    });
    await registry.writeBlob('shop/web', blobOf(7), () => chunks(7));
    expect(stub.inputs('ECR CompleteLayerUpload')).toHaveLength(1);
  });

  test('fails when a part did not arrive', async () => {
    const { registry } = registryOver({
      ...upload,
      'ECR UploadLayerPart': () =>
        awsError('InvalidLayerPartException', { lastValidByteReceived: 3 }),
    });
    await expect(registry.writeBlob('shop/web', blobOf(7), () => chunks(7))).rejects.toThrow(
      'InvalidLayerPartException',
    );
  });

  /** A page that keeps all that was written on it. */
  function pageWith(begun?: BegunUpload) {
    const written: (BegunUpload | undefined)[] = [];
    const page: UploadPage = {
      read: () => Promise.resolve(begun),
      write: (upload) => Promise.resolve(void written.push(upload)),
      forget: () => Promise.resolve(void written.push(undefined)),
    };
    return { page, written };
  }

  const from = (size: number) => (start: number) => chunks(size - start);

  test('writes down how far it got, part by part', async () => {
    const { registry } = registryOver(upload);
    const { page, written } = pageWith();
    await registry.writeBlob('shop/web', blobOf(7 * MIB), from(7 * MIB), page);
    expect(written).toEqual([
      { id: 'u', receivedBytes: 0 },
      { id: 'u', receivedBytes: 5 * MIB },
      { id: 'u', receivedBytes: 7 * MIB },
      undefined,
    ]);
  });

  test('goes on with an upload that another run began', async () => {
    const { registry, stub } = registryOver(upload);
    const { page } = pageWith({ id: 'old', receivedBytes: 5 * MIB });
    await registry.writeBlob('shop/web', blobOf(7 * MIB), from(7 * MIB), page);
    expect(ranges(stub)).toEqual([[5 * MIB, 7 * MIB - 1, 2 * MIB]]);
    expect(stub.inputs('ECR InitiateLayerUpload')).toEqual([]);
    expect(stub.inputs('ECR CompleteLayerUpload')[0]).toMatchObject({ uploadId: 'old' });
  });

  test('only completes an upload of which all arrived', async () => {
    const { registry, stub } = registryOver(upload);
    const { page } = pageWith({ id: 'old', receivedBytes: 7 });
    await registry.writeBlob('shop/web', blobOf(7), from(7), page);
    expect(ranges(stub)).toEqual([]);
    expect(stub.inputs('ECR CompleteLayerUpload')).toHaveLength(1);
  });

  test('believes ECR rather than the page about how far it got', async () => {
    const { registry, stub } = registryOver({
      ...upload,
      'ECR UploadLayerPart': inTurn(
        awsError('InvalidLayerPartException', { lastValidByteReceived: 4 }),
        {},
      ),
    });
    const { page } = pageWith({ id: 'old', receivedBytes: 0 });
    await registry.writeBlob('shop/web', blobOf(7), from(7), page);
    expect(ranges(stub)).toEqual([
      [0, 6, 7],
      [5, 6, 2],
    ]);
  });

  test.each([
    ['is lost', 'ECR UploadLayerPart', 'UploadNotFoundException'],
    ['holds other bytes', 'ECR CompleteLayerUpload', 'InvalidLayerException'],
    ['holds parts that are too small', 'ECR CompleteLayerUpload', 'LayerPartTooSmallException'],
  ])('begins again when an upload of another run %s', async (_title, call, name) => {
    const { registry, stub } = registryOver({ ...upload, [call]: inTurn(awsError(name), {}) });
    const { page } = pageWith({ id: 'old', receivedBytes: 3 });
    await registry.writeBlob('shop/web', blobOf(7), from(7), page);
    expect(stub.inputs('ECR InitiateLayerUpload')).toHaveLength(1);
    expect(ranges(stub).at(-1)).toEqual([0, 6, 7]);
  });

  test('gives up at once when its own bytes are refused', async () => {
    const { registry, stub } = registryOver({
      ...upload,
      'ECR CompleteLayerUpload': () => awsError('InvalidLayerException'),
    });
    const write = registry.writeBlob('shop/web', blobOf(7), from(7));
    await expect(write).rejects.toThrow('InvalidLayerException');
    expect(stub.inputs('ECR InitiateLayerUpload')).toHaveLength(1);
  });

  test('completes nothing when the source gave too few bytes', async () => {
    const { registry, stub } = registryOver(upload);
    const write = registry.writeBlob('shop/web', blobOf(9), () => chunks(7));
    await expect(write).rejects.toThrow('7 bytes came instead of 9');
    expect(stub.inputs('ECR CompleteLayerUpload')).toEqual([]);
  });
});

describe('putting a manifest', () => {
  const manifest = { digest, mediaType: index, body: '{}' };

  test('gives its digest, so ECR refuses other bytes', async () => {
    const { registry, stub } = registryOver({ 'ECR PutImage': () => ({}) });
    expect(await registry.putManifest('shop/web', manifest, '1.0.0')).toBe('written');
    expect(await registry.putManifest('shop/web', manifest)).toBe('written');
    const untagged = {
      repositoryName: 'shop/web',
      imageManifest: '{}',
      imageManifestMediaType: index,
      imageDigest: digest,
    };
    expect(stub.inputs('ECR PutImage')).toEqual([{ ...untagged, imageTag: '1.0.0' }, untagged]);
  });

  test.each([
    ['ImageAlreadyExistsException', 'present'],
    ['ImageTagAlreadyExistsException', 'tag-conflict'],
    ['LayersNotFoundException', 'incomplete'],
    ['ReferencedImagesNotFoundException', 'incomplete'],
  ])('takes %s for "%s"', async (name, expected) => {
    const { registry } = registryOver({ 'ECR PutImage': () => awsError(name) });
    expect(await registry.putManifest('shop/web', manifest, '1.0.0')).toBe(expected);
  });

  test('fails for every other reason', async () => {
    const { registry } = registryOver({ 'ECR PutImage': () => awsError('KmsException') });
    await expect(registry.putManifest('shop/web', manifest)).rejects.toThrow('KmsException');
  });
});

describe('reading a blob', () => {
  const address = {
    'ECR GetDownloadUrlForLayer': () => ({ downloadUrl: 'https://store.example/layer' }),
  };
  const body = Uint8Array.from([1, 2, 3, 4, 5, 6, 7]);
  const digestOfBody = (bytes: Uint8Array) =>
    `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

  /** Gives `first` bytes, then breaks off; goes on from wherever it is asked to. */
  function breakingStore(breaks: number) {
    const asked: (string | null)[] = [];
    const store: typeof fetch = (_url, options) => {
      const range = new Headers(options?.headers).get('range');
      asked.push(range);
      const start = Number(/bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0);
      const isBreaking = asked.length <= breaks;
      const pieces = [body.subarray(start, isBreaking ? start + 2 : undefined)];
      const stream = new ReadableStream<Uint8Array>({
        pull: (controller) => {
          const piece = pieces.pop();
          if (piece !== undefined) controller.enqueue(piece);
          else if (isBreaking) controller.error(new Error('reset'));
          else controller.close();
        },
      });
      return Promise.resolve(new Response(stream, { status: range === null ? 200 : 206 }));
    };
    return { store, asked };
  }

  async function read(registry: EcrRegistry, size: number): Promise<readonly number[]> {
    const bytes: number[] = [];
    const blob = { ...blobOf(size), digest: digestOfBody(body.subarray(0, size)) };
    for await (const chunk of registry.readBlob('shop/web', blob)) bytes.push(...chunk);
    return bytes;
  }

  test('goes on where a download broke off', async () => {
    const { store, asked } = breakingStore(1);
    const { registry } = registryOver(address, store);
    expect(await read(registry, 7)).toEqual([...body]);
    expect(asked).toEqual([null, 'bytes=2-']);
  });

  test('gives up when it breaks off again and again', async () => {
    const { store, asked } = breakingStore(Infinity);
    const { registry } = registryOver(address, store);
    await expect(read(registry, 100)).rejects.toThrow('layer download of');
    expect(asked).toHaveLength(6);
  });

  test('asks only once when the store refuses', async () => {
    let count = 0;
    const { registry } = registryOver(address, () => {
      count += 1;
      return Promise.resolve(new Response('expired', { status: 403 }));
    });
    await expect(read(registry, 7)).rejects.toThrow('answered 403 instead of 200');
    expect(count).toBe(1);
  });

  test('asks for another address when the first one expired meanwhile', async () => {
    const { store, asked } = breakingStore(1);
    const addresses: string[] = [];
    const { registry } = registryOver(
      {
        'ECR GetDownloadUrlForLayer': () => ({
          downloadUrl: `https://store.example/${addresses.length}`,
        }),
      },
      (url, options) => {
        const address = typeof url === 'string' ? url : '';
        addresses.push(address);
        const isExpired = addresses.length > 1 && address.endsWith('/0');
        return isExpired
          ? Promise.resolve(new Response('Request has expired', { status: 403 }))
          : store(url, options);
      },
    );
    expect(await read(registry, 7)).toEqual([...body]);
    expect(addresses.map((each) => each.slice(-1))).toEqual(['0', '0', '2']);
    expect(asked).toEqual([null, 'bytes=2-']);
  });

  test('fails when fewer bytes came than the manifest says', async () => {
    const { store } = breakingStore(0);
    const { registry } = registryOver(address, store);
    await expect(read(registry, 8)).rejects.toThrow('7 bytes came instead of 8');
  });

  test('keeps the end back from whoever reads other content than the digest says', async () => {
    const { store } = breakingStore(0);
    const { registry } = registryOver(address, store);
    const bytes: number[] = [];
    const reading = async () => {
      for await (const chunk of registry.readBlob('shop/web', blobOf(7))) bytes.push(...chunk);
    };
    await expect(reading()).rejects.toThrow('other content than the digest says');
    expect(bytes).toEqual([]);
  });

  test('reads an empty layer', async () => {
    const { registry } = registryOver(address, () => Promise.resolve(new Response('')));
    expect(await read(registry, 0)).toEqual([]);
  });
});
