import type {
  CompleteLayerUploadRequest,
  CompleteLayerUploadResponse,
  InitiateLayerUploadRequest,
  InitiateLayerUploadResponse,
  UploadLayerPartRequest,
  UploadLayerPartResponse,
} from '@aws-sdk/client-ecr';
import { type Call, type Operation, ServiceError } from '../../service-model.ts';
import { ecrErrors } from './ecr-errors.ts';
import type { EcrModel } from './ecr-model.ts';
import type { Repository, Upload } from './repository.ts';

/** Every part but the last has at least 5 MiB; none has more than 10 MiB. */
export const PART_MIN = 5 * 1024 * 1024;
const PART_MAX = 10 * 1024 * 1024;

/** The three operations that bring a layer in. */
export function layerOperations(model: EcrModel): Readonly<Record<string, Operation>> {
  const resources = (
    { repositoryName }: { readonly repositoryName: string | undefined },
    { region }: Call,
  ): readonly string[] => [model.repositoryArn(region, repositoryName ?? '')];
  const initiate: Operation<InitiateLayerUploadRequest, InitiateLayerUploadResponse> = {
    resources,
    handle: ({ repositoryName }, { region }) => {
      const upload = model.startUpload(model.repository(region, repositoryName ?? ''));
      return { uploadId: upload.id, partSize: PART_MAX };
    },
  };
  const part: Operation<UploadLayerPartRequest, UploadLayerPartResponse> = {
    resources,
    handle: (input, { region }) => takePart(model, region, input),
  };
  const complete: Operation<CompleteLayerUploadRequest, CompleteLayerUploadResponse> = {
    resources,
    handle: (input, { region }) => completeUpload(model, region, input),
  };
  return { InitiateLayerUpload: initiate, UploadLayerPart: part, CompleteLayerUpload: complete };
}

function takePart(
  model: EcrModel,
  region: string,
  input: UploadLayerPartRequest,
): UploadLayerPartResponse {
  const repository = model.repository(region, input.repositoryName ?? '');
  const upload = uploadOf(repository, input.uploadId);
  const bytes = input.layerPartBlob ?? new Uint8Array();
  const { partFirstByte = -1, partLastByte = -1 } = input;
  const length = partLastByte - partFirstByte + 1;
  const named = {
    registryId: model.accountId,
    repositoryName: repository.name,
    uploadId: upload.id,
  };
  if (partFirstByte !== upload.writer.size || length !== bytes.length || length > PART_MAX) {
    throw new ServiceError('InvalidLayerPartException', reasonOf(partFirstByte, length, upload), {
      members: { ...named, lastValidByteReceived: upload.writer.size - 1 },
    });
  }
  upload.writer.append(bytes);
  upload.parts.push(length);
  return { ...named, lastByteReceived: upload.writer.size - 1 };
}

function reasonOf(firstByte: number, length: number, upload: Upload): string {
  if (firstByte !== upload.writer.size) {
    return (
      `Layer part first byte ${firstByte} is not consecutive to the last valid byte received ` +
      `${upload.writer.size - 1}`
    );
  }
  if (length > PART_MAX) return `Layer part of ${length} bytes exceeds the maximum of ${PART_MAX}`;
  return 'The bytes of the layer part do not match its first and last byte';
}

function completeUpload(
  model: EcrModel,
  region: string,
  input: CompleteLayerUploadRequest,
): CompleteLayerUploadResponse {
  const repository = model.repository(region, input.repositoryName ?? '');
  const upload = uploadOf(repository, input.uploadId);
  checkComplete(repository, upload, input.layerDigests ?? []);
  return {
    registryId: model.accountId,
    repositoryName: repository.name,
    uploadId: upload.id,
    layerDigest: model.finishUpload(repository, upload),
  };
}

function checkComplete(repository: Repository, upload: Upload, digests: readonly string[]): void {
  if (upload.writer.size === 0) {
    throw new ServiceError('EmptyUploadException', `The upload '${upload.id}' has no layer parts`);
  }
  const digest = upload.writer.digest();
  if (!digests.includes(digest)) {
    throw new ServiceError(
      'InvalidLayerException',
      `Layer digest ${digest} does not match the given digests ${digests.join(', ')}`,
    );
  }
  if (upload.parts.slice(0, -1).some((length) => length < PART_MIN)) {
    throw new ServiceError(
      'LayerPartTooSmallException',
      'Layer parts must be at least 5 MiB in size',
    );
  }
  if (repository.blobs.has(digest)) {
    repository.uploads.delete(upload.id);
    upload.writer.discard();
    throw new ServiceError(
      'LayerAlreadyExistsException',
      `Layer with digest '${digest}' already exists in the '${repository.name}' repository`,
    );
  }
}

function uploadOf(repository: Repository, id: string | undefined): Upload {
  const upload = repository.uploads.get(id ?? '');
  if (upload === undefined) throw ecrErrors.uploadNotFound(id ?? '');
  return upload;
}
