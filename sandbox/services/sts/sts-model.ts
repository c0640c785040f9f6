import type { Service } from '../../service-model.ts';
import { getCallerIdentity } from './get-caller-identity.ts';

/** STS as far as callers ask who they are; it keeps no state. */
export class StsModel {
  readonly service: Service = {
    id: 'sts',
    iamPrefix: 'sts',
    operations: { GetCallerIdentity: getCallerIdentity() },
  };
}
