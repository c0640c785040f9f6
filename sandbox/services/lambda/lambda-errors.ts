import { ServiceError } from '../../service-model.ts';

export const functionNotFound = (arn: string): ServiceError =>
  new ServiceError('ResourceNotFoundException', `Function not found: ${arn}`, {
    httpStatus: 404,
    members: { Type: 'User' },
  });

export const invalidParameter = (message: string): ServiceError =>
  new ServiceError('InvalidParameterValueException', message, { members: { Type: 'User' } });

export const conflict = (message: string): ServiceError =>
  new ServiceError('ResourceConflictException', message, {
    httpStatus: 409,
    members: { Type: 'User' },
  });

export const tooManyRequests = (): ServiceError =>
  new ServiceError('TooManyRequestsException', 'Rate Exceeded.', {
    httpStatus: 429,
    members: { Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded', Type: 'User' },
  });

/** Nothing of the service works in a region that is down. */
export const serviceException = (region: string): ServiceError =>
  new ServiceError('ServiceException', `Lambda in ${region} does not answer`, { httpStatus: 500 });

/** Refuses parameters that would change what happens in a way that is not modelled. */
export function refuseParameters(input: object, names: readonly string[]): void {
  for (const [name, value] of Object.entries(input)) {
    if (value === undefined || !names.includes(name)) continue;
    throw invalidParameter(
      `The local cloud does not implement the parameter ${name}. Leave it out.`,
    );
  }
}
