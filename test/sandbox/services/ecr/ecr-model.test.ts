import { afterEach, describe, expect, it } from '@jest/globals';
import type {
  BatchCheckLayerAvailabilityResponse,
  BatchDeleteImageResponse,
  BatchGetImageResponse,
  DescribeImagesResponse,
  DescribeRepositoriesResponse,
  GetAuthorizationTokenResponse,
  GetDownloadUrlForLayerResponse,
  ListImageReferrersResponse,
  ListImagesResponse,
} from '@aws-sdk/client-ecr';
import { pushIntoModel, sampleImage } from '../../../../sandbox/sample-image.ts';
import { EcrModel } from '../../../../sandbox/services/ecr/ecr-model.ts';
import { mediaTypes } from '../../../../sandbox/services/ecr/manifest.ts';
import { ACCOUNT_ID, caller, recordingHub, REGION, worldFrom } from '../../recording-hub.ts';

const repositoryName = 'shop/storefront';
const models: EcrModel[] = [];

afterEach(() => {
  for (const model of models.splice(0)) model.close();
});

function registry() {
  const world = worldFrom();
  const hub = recordingHub(world);
  const model = new EcrModel(world, hub, { accountId: ACCOUNT_ID });
  models.push(model);
  const repository = model.createRepository(REGION, repositoryName);
  const image = sampleImage({ version: '1.0.0' });
  const push = (tag = '1.0.0', pushed = image) => {
    pushIntoModel(model, { region: REGION, repository: repositoryName, tag }, pushed);
  };
  return { world, hub, model, repository, image, push, ...caller(world, model.service) };
}

function referrerOf(subject: string, config: { digest: string; size: number }) {
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    artifactType: 'application/vnd.example.sbom',
    config: { mediaType: 'application/vnd.oci.empty.v1+json', ...config },
    layers: [],
    subject: { mediaType: mediaTypes.index, digest: subject, size: 1 },
  });
}

describe('a push', () => {
  it('emits one event for each manifest in the form seen on AWS', () => {
    const { hub, image, push } = registry();
    push();
    expect(
      hub.events.map(({ detailType, resources, detail }) => [detailType, resources, detail]),
    ).toEqual([
      ...image.manifests.map(({ digest }) => [
        'ECR Image Action',
        [],
        {
          result: 'SUCCESS',
          'repository-name': repositoryName,
          'image-digest': digest,
          'action-type': 'PUSH',
          'artifact-media-type': mediaTypes.config,
          'image-tag': '',
          'manifest-media-type': mediaTypes.manifest,
        },
      ]),
      [
        'ECR Image Action',
        [],
        {
          result: 'SUCCESS',
          'repository-name': repositoryName,
          'image-digest': image.index.digest,
          'action-type': 'PUSH',
          'image-tag': '1.0.0',
          'manifest-media-type': mediaTypes.index,
        },
      ],
    ]);
  });

  it('tells of a referrer under its own detail type and lists it', async () => {
    const { hub, model, repository, image, push, call } = registry();
    push();
    const config = { digest: model.addBlob(repository, Buffer.from('{}')), size: 2 };
    const body = referrerOf(image.index.digest, config);
    await call('PutImage', { repositoryName, imageManifest: body });
    expect(hub.events.at(-1)?.detailType).toBe('ECR Referrer Action');
    const list = (artifactType: string) =>
      call<ListImageReferrersResponse>('ListImageReferrers', {
        repositoryName,
        subjectId: { imageDigest: image.index.digest },
        filter: { artifactTypes: [artifactType] },
      });
    expect((await list('application/vnd.example.sbom')).referrers).toMatchObject([
      { artifactType: 'application/vnd.example.sbom', size: body.length, artifactStatus: 'ACTIVE' },
    ]);
    expect((await list('other')).referrers).toEqual([]);
  });

  it.each([
    ['the same image and tag', '1.0.0', sampleImage({ version: '1.0.0' }), 'ImageAlreadyExists'],
    ['a taken immutable tag', '1.0.0', sampleImage({ version: '2.0.0' }), 'ImageTagAlreadyExists'],
  ])('rejects %s', async (_case, imageTag, image, code) => {
    const { push, call } = registry();
    push();
    push('other', image);
    await call('PutImageTagMutability', { repositoryName, imageTagMutability: 'IMMUTABLE' });
    const put = call('PutImage', { repositoryName, imageTag, imageManifest: image.index.body });
    await expect(put).rejects.toMatchObject({ code: `${code}Exception` });
  });

  it.each([
    ['layers are missing', 'manifest', undefined, 'LayersNotFoundException'],
    ['children are missing', 'index', undefined, 'ReferencedImagesNotFoundException'],
    ['the digest is another', 'index', 'sha256:0', 'ImageDigestDoesNotMatchException'],
    ['it is no manifest', 'text', undefined, 'InvalidParameterException'],
  ])('rejects a manifest when %s', async (_case, kind, imageDigest, code) => {
    const { image, call } = registry();
    const bodies: Record<string, string | undefined> = {
      manifest: image.manifests[0]?.body,
      index: image.index.body,
      text: 'nothing',
    };
    const put = call('PutImage', { repositoryName, imageManifest: bodies[kind], imageDigest });
    await expect(put).rejects.toMatchObject({ code });
  });
});

describe('reading images', () => {
  it('describes tags, sizes and media types, page by page', async () => {
    const { image, push, call } = registry();
    push();
    push('latest');
    const first = await call<DescribeImagesResponse>('DescribeImages', {
      repositoryName,
      maxResults: 2,
    });
    expect(first.imageDetails).toHaveLength(2);
    expect(first.imageDetails?.[0]).toMatchObject({
      imageDigest: image.manifests[0]?.digest,
      imagePushedAt: new Date(Date.UTC(2026, 0, 1)),
      artifactMediaType: mediaTypes.config,
    });
    expect(first.imageDetails?.[0]?.imageTags).toBeUndefined();
    const { imageDetails, nextToken } = await call<DescribeImagesResponse>('DescribeImages', {
      repositoryName,
      nextToken: first.nextToken,
    });
    expect(nextToken).toBeUndefined();
    expect(imageDetails).toMatchObject([
      { imageTags: ['1.0.0', 'latest'], imageManifestMediaType: mediaTypes.index },
    ]);
    const tagged = await call<ListImagesResponse>('ListImages', {
      repositoryName,
      filter: { tagStatus: 'TAGGED' },
    });
    expect(tagged.imageIds?.map(({ imageTag }) => imageTag)).toEqual(['1.0.0', 'latest']);
  });

  it('gives manifests byte for byte and names the ones that are not there', async () => {
    const { image, push, call } = registry();
    push();
    const answer = await call<BatchGetImageResponse>('BatchGetImage', {
      repositoryName,
      imageIds: [{ imageTag: '1.0.0' }, { imageTag: 'nope' }],
      acceptedMediaTypes: [mediaTypes.index],
    });
    expect(answer.images).toMatchObject([
      { imageManifest: image.index.body, imageManifestMediaType: mediaTypes.index },
    ]);
    expect(answer.failures).toMatchObject([
      { imageId: { imageTag: 'nope' }, failureCode: 'ImageNotFound' },
    ]);
  });

  it.each(['DescribeImages', 'ListImages', 'BatchGetImage', 'InitiateLayerUpload'])(
    'rejects %s on an unknown repository',
    async (operation) => {
      const { call } = registry();
      const asked = call(operation, { repositoryName: 'nope', imageIds: [{ imageTag: 'x' }] });
      await expect(asked).rejects.toMatchObject({ code: 'RepositoryNotFoundException' });
    },
  );

  it('resolves what a task definition names, in its own region only', () => {
    const { model, image, push } = registry();
    push();
    const base = `${ACCOUNT_ID}.dkr.ecr.${REGION}.amazonaws.com/${repositoryName}`;
    expect(model.resolveImage(REGION, `${base}:1.0.0`)).toBe(image.index.digest);
    expect(model.resolveImage(REGION, `${base}@${image.index.digest}`)).toBe(image.index.digest);
    expect(model.resolveImage(REGION, `${base}:2`)).toBeUndefined();
    expect(model.resolveImage('us-west-2', `${base}:1.0.0`)).toBeUndefined();
    expect(model.imageLabels(REGION, `${base}:1.0.0`)).toEqual({
      'org.opencontainers.image.version': '1.0.0',
    });
  });
});

describe('deleting images', () => {
  it('removes a tag, then the image with its last tag, and tells of each', async () => {
    const { hub, image, push, call } = registry();
    push();
    push('latest');
    const remove = (id: object) =>
      call<BatchDeleteImageResponse>('BatchDeleteImage', { repositoryName, imageIds: [id] });
    await remove({ imageTag: 'latest' });
    expect(hub.events.at(-1)?.detail).toMatchObject({
      'action-type': 'DELETE',
      'image-tag': 'latest',
    });
    await remove({ imageTag: '1.0.0' });
    expect((await remove({ imageDigest: image.index.digest })).failures).toMatchObject([
      { failureCode: 'ImageNotFound' },
    ]);
  });

  it('refuses what an index refers to, by the state before the call, as seen on AWS', async () => {
    const { repository, image, push, call } = registry();
    push();
    const child = image.manifests[0]?.digest;
    const remove = (...imageIds: object[]) =>
      call<BatchDeleteImageResponse>('BatchDeleteImage', { repositoryName, imageIds });
    const ids = [{ imageDigest: image.index.digest }, { imageDigest: child }];
    expect(await remove(...ids)).toMatchObject({
      imageIds: [{ imageDigest: image.index.digest }],
      failures: [{ imageId: ids[1], failureCode: 'ImageReferencedByManifestList' }],
    });
    expect((await remove({ imageDigest: child })).failures).toEqual([]);
    expect(repository.images.has(child ?? '')).toBe(false);
  });

  it('refuses a tag that names another image, and an id that names nothing', async () => {
    const { image, push, call } = registry();
    push();
    push('other', sampleImage({ version: '2.0.0' }));
    const imageIds = [
      { imageTag: 'other', imageDigest: image.index.digest },
      { imageDigest: 'sha256:short' },
      {},
    ];
    const answer = await call<BatchDeleteImageResponse>('BatchDeleteImage', {
      repositoryName,
      imageIds,
    });
    expect(answer.imageIds).toEqual([]);
    expect(answer.failures?.map(({ failureCode }) => failureCode)).toEqual([
      'ImageTagDoesNotMatchDigest',
      'InvalidImageDigest',
      'MissingDigestAndTag',
    ]);
  });
});

describe('layers', () => {
  const MiB = 1024 * 1024;

  async function upload(parts: readonly Uint8Array[]) {
    const scene = registry();
    const { uploadId } = await scene.call<{ uploadId: string }>('InitiateLayerUpload', {
      repositoryName,
    });
    const send = (layerPartBlob: Uint8Array, partFirstByte: number) =>
      scene.call<{ lastByteReceived: number }>('UploadLayerPart', {
        repositoryName,
        uploadId,
        partFirstByte,
        partLastByte: partFirstByte + layerPartBlob.length - 1,
        layerPartBlob,
      });
    let place = 0;
    for (const part of parts) {
      await send(part, place);
      place += part.length;
    }
    const complete = (layerDigests: readonly string[]) =>
      scene.call('CompleteLayerUpload', { repositoryName, uploadId, layerDigests });
    return { ...scene, send, complete };
  }

  it('takes consecutive parts and spills a large layer to a file', async () => {
    const big = new Uint8Array(6 * MiB).fill(7);
    const { model, repository, complete, send } = await upload([big, big]);
    await expect(send(big, 1)).rejects.toMatchObject({
      code: 'InvalidLayerPartException',
      members: { lastValidByteReceived: 12 * MiB - 1 },
    });
    const digest = [...repository.uploads.values()][0]?.writer.digest() ?? '';
    await complete([digest]);
    expect(repository.blobs.get(digest)).toBe(12 * MiB);
    expect(model.store.get(digest)?.bytes({ start: 5, end: 7 })).toEqual(Buffer.from([7, 7, 7]));
  });

  it.each([
    ['no part came', [], 'sha256:0', 'EmptyUploadException'],
    ['the digest is another', [Buffer.from('a')], 'sha256:0', 'InvalidLayerException'],
    [
      'an inner part is short',
      [Buffer.from('a'), Buffer.from('b')],
      '',
      'LayerPartTooSmallException',
    ],
  ])('rejects to complete when %s', async (_case, parts, digest, code) => {
    const { repository, complete } = await upload(parts);
    const own = [...repository.uploads.values()][0]?.writer.digest() ?? '';
    await expect(complete([digest === '' ? own : digest])).rejects.toMatchObject({ code });
  });

  it('says that a layer is there already', async () => {
    const { model, repository, complete } = await upload([Buffer.from('a')]);
    const digest = model.addBlob(repository, Buffer.from('a'));
    await expect(complete([digest])).rejects.toMatchObject({ code: 'LayerAlreadyExistsException' });
    await expect(complete([digest])).rejects.toMatchObject({ code: 'UploadNotFoundException' });
  });

  it('checks many digests at once', async () => {
    const { image, push, call } = registry();
    push();
    const check = (layerDigests: readonly string[]) =>
      call<BatchCheckLayerAvailabilityResponse>('BatchCheckLayerAvailability', {
        repositoryName,
        layerDigests,
      });
    const missing = `sha256:${'0'.repeat(64)}`;
    const answer = await check([image.blobs[0]?.digest ?? '', missing, 'nonsense']);
    expect(answer.layers?.map(({ layerAvailability }) => layerAvailability)).toEqual([
      'AVAILABLE',
      'UNAVAILABLE',
    ]);
    expect(answer.failures).toMatchObject([{ failureCode: 'InvalidLayerDigest' }]);
    await expect(check(Array.from({ length: 101 }, () => missing))).rejects.toMatchObject({
      code: 'InvalidParameterException',
    });
  });

  it('links only to layers of an image, and no longer than an hour', async () => {
    const { world, model, repository, image, push, call } = registry();
    push();
    const blob = image.blobs[0];
    const linkTo = (layerDigest: string | undefined) =>
      call<GetDownloadUrlForLayerResponse>('GetDownloadUrlForLayer', {
        repositoryName,
        layerDigest,
      });
    const url = new URL((await linkTo(blob?.digest)).downloadUrl ?? '');
    expect(model.links.open(url)).toMatchObject({ digest: blob?.digest });
    const altered = new URL(url.href.replace('expires=', 'expires=9'));
    expect(model.links.open(altered)).toBe('forbidden');
    world.advanceTo(world.nowMs() + 3_600_001, () => undefined);
    expect(model.links.open(url)).toBe('forbidden');
    await expect(linkTo(`sha256:${'0'.repeat(64)}`)).rejects.toMatchObject({
      code: 'LayersNotFoundException',
    });
    const loose = model.addBlob(repository, Buffer.from('loose'));
    await expect(linkTo(loose)).rejects.toMatchObject({ code: 'LayerInaccessibleException' });
  });
});

describe('the registry itself', () => {
  it('creates and describes repositories', async () => {
    const { call } = registry();
    await call('CreateRepository', { repositoryName: 'shop/orders' });
    const { repositories } = await call<DescribeRepositoriesResponse>('DescribeRepositories', {});
    expect(repositories?.map((each) => each.repositoryName)).toEqual([
      'shop/orders',
      repositoryName,
    ]);
    await expect(call('CreateRepository', { repositoryName })).rejects.toMatchObject({
      code: 'RepositoryAlreadyExistsException',
    });
  });

  it('answers a login token and the address of the regional registry', async () => {
    const { model, call } = registry();
    model.setRegistryUrl(REGION, 'http://127.0.0.1:5000');
    const answer = await call<GetAuthorizationTokenResponse>('GetAuthorizationToken', {});
    const [data] = answer.authorizationData ?? [];
    expect(data?.proxyEndpoint).toBe('http://127.0.0.1:5000');
    expect(Buffer.from(data?.authorizationToken ?? '', 'base64').toString()).toMatch(/^AWS:.+/);
  });

  it('asks permission on the repository', () => {
    const { resources } = registry();
    const arn = `arn:aws:ecr:${REGION}:${ACCOUNT_ID}:repository/${repositoryName}`;
    expect(resources('PutImage', { repositoryName })).toEqual([arn]);
    expect(resources('GetAuthorizationToken', {})).toEqual(['*']);
  });
});
