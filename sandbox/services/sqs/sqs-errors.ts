import { ServiceError } from '../../service-model.ts';

export const queueDoesNotExist = (): ServiceError =>
  new ServiceError('QueueDoesNotExist', 'The specified queue does not exist.');

/** A parameter outside of what the service takes. */
export const invalidParameter = (
  value: string | number,
  parameter: string,
  reason: string,
): ServiceError =>
  new ServiceError(
    'InvalidParameterValueException',
    `Value ${value} for parameter ${parameter} is invalid. Reason: ${reason}`,
  );

export const missingParameter = (parameter: string): ServiceError =>
  new ServiceError(
    'MissingRequiredParameterException',
    `The request must contain the parameter ${parameter}.`,
  );

/** A correct request that this stand-in does not answer. */
export const unsupported = (what: string): ServiceError =>
  new ServiceError(
    'UnsupportedOperation',
    `The local cloud does not implement ${what}. Use what docs/sandbox.md lists.`,
  );

/** Refuses a whole number outside of its range, as SQS words it. */
export function checkRange(value: number, parameter: string, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw invalidParameter(value, parameter, `Must be >= ${min} and <= ${max}, if provided.`);
}
