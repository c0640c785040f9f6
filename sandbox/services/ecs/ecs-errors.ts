import { ServiceError } from '../../service-model.ts';

/** The errors of ECS that more than one operation answers. */
export const ecsErrors = {
  invalid: (text: string) => new ServiceError('InvalidParameterException', text),
  client: (text: string) => new ServiceError('ClientException', text),
  serviceNotFound: () => new ServiceError('ServiceNotFoundException', 'Service not found.'),
  serviceNotActive: () => new ServiceError('ServiceNotActiveException', 'Service was not ACTIVE.'),
} as const;

/** Refuses by name what the local cloud does not implement, rather than to ignore it. */
export function refuseOthers(operation: string, input: object, known: readonly string[]): void {
  for (const [field, value] of Object.entries(input) as [string, unknown][]) {
    if (value === undefined || known.includes(field)) continue;
    throw ecsErrors.invalid(`The local cloud does not implement ${operation}.${field}.`);
  }
}
