import { ServiceError } from '../../service-model.ts';

/** A parameter that SNS does not take; the text follows `Invalid parameter: `. */
export const invalidParameter = (what: string): ServiceError =>
  new ServiceError('InvalidParameterException', `Invalid parameter: ${what}`);

export const topicNotFound = (): ServiceError =>
  new ServiceError('NotFoundException', 'Topic does not exist', { httpStatus: 404 });

/** A correct request that this stand-in does not answer. */
export const unsupported = (what: string): ServiceError =>
  invalidParameter(`the local cloud does not implement ${what}. Use what docs/sandbox.md lists.`);
