import { ServiceError } from '../../service-model.ts';

/** The errors of ECR that more than one operation answers. */
export const ecrErrors = {
  repositoryNotFound: (name: string, accountId: string) =>
    new ServiceError(
      'RepositoryNotFoundException',
      `The repository with name '${name}' does not exist in the registry with id '${accountId}'`,
    ),
  imageNotFound: (name: string, reference: string) =>
    new ServiceError(
      'ImageNotFoundException',
      `The image with imageId {${reference}} does not exist within the repository with name ` +
        `'${name}'`,
    ),
  uploadNotFound: (id: string) =>
    new ServiceError('UploadNotFoundException', `The upload with id '${id}' could not be found`),
  invalid: (text: string) =>
    new ServiceError('InvalidParameterException', `Invalid parameter: ${text}`),
} as const;
