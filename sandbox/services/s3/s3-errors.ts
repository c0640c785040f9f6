import { ServiceError } from '../../service-model.ts';

export const noSuchBucket = (bucket: string): ServiceError =>
  new ServiceError('NoSuchBucket', 'The specified bucket does not exist', {
    httpStatus: 404,
    members: { BucketName: bucket },
  });

export const noSuchKey = (key: string): ServiceError =>
  new ServiceError('NoSuchKey', 'The specified key does not exist.', {
    httpStatus: 404,
    members: { Key: key },
  });

/** HEAD answers have no body, so they say no more than this. */
export const notFound = (): ServiceError =>
  new ServiceError('NotFound', 'Not Found', { httpStatus: 404 });

export const accessDenied = (): ServiceError =>
  new ServiceError('AccessDenied', 'Access Denied', { httpStatus: 403 });

export const preconditionFailed = (condition: 'If-Match' | 'If-None-Match'): ServiceError =>
  new ServiceError(
    'PreconditionFailed',
    'At least one of the pre-conditions you specified did not hold',
    { httpStatus: 412, members: { Condition: condition } },
  );

/** Refuses parameters that would change the answer in a way that is not modelled. */
export function refuseParameters(input: object, names: readonly string[]): void {
  for (const [name, value] of Object.entries(input)) {
    if (value === undefined || !names.includes(name)) continue;
    throw new ServiceError(
      'NotImplemented',
      `The local cloud does not implement the parameter ${name} of S3. Leave it out.`,
      { httpStatus: 501 },
    );
  }
}
