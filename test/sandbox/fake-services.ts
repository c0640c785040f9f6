import type { Operation, Service } from '../../sandbox/service-model.ts';
import { ServiceError } from '../../sandbox/service-model.ts';
import { Cloud } from '../../sandbox/cloud.ts';
import { World } from '../../sandbox/world.ts';

/** What an operation was called with, newest last. */
export type Seen = { operation: string; input: Record<string, unknown>; region: string }[];

type Answers = Readonly<Record<string, object | ((input: Record<string, unknown>) => object)>>;

/** A service that notes its inputs and answers with what the test wants. */
export function fakeService(
  options: Pick<Service, 'id' | 'iamPrefix' | 'controlPlaneRegion'>,
  seen: Seen,
  answers: Answers,
): Service {
  const operations = Object.entries(answers).map(([name, answer]) => {
    const operation: Operation<Record<string, unknown>> = {
      resources: (input) => [typeof input['arn'] === 'string' ? input['arn'] : '*'],
      handle: (input, { region }) => {
        seen.push({ operation: name, input, region });
        const value = (typeof answer === 'function' ? answer(input) : answer) as object;
        if (value instanceof ServiceError) throw value;
        return value;
      },
    };
    return [name, operation] as const;
  });
  return { ...options, operations: Object.fromEntries(operations) };
}

export const regions = ['us-east-1', 'eu-west-1', 'us-west-2'] as const;

/** A cloud without models, at a fixed time. */
export function emptyCloud(): Cloud {
  const world = new World({ seed: 1, startMs: Date.UTC(2026, 8, 1) });
  return new Cloud({ world, accountId: '123456789012', regions });
}
