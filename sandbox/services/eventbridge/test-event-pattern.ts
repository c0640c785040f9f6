import type {
  TestEventPatternCommandInput,
  TestEventPatternCommandOutput,
} from '@aws-sdk/client-eventbridge';
import { ServiceError } from '../../service-model.ts';
import type { Operation } from '../../service-model.ts';
import { compilePattern } from './event-pattern.ts';

const requiredFields = ['id', 'account', 'source', 'time', 'region', 'resources', 'detail-type'];

/** Says whether an event would match; the event must be a whole envelope, as AWS demands. */
export function testEventPattern(): Operation<
  TestEventPatternCommandInput,
  Omit<TestEventPatternCommandOutput, '$metadata'>
> {
  return {
    resources: () => ['*'],
    handle: (input) => {
      const matches = compilePattern(input.EventPattern ?? '');
      return { Result: matches(parseEvent(input.Event ?? '')) };
    },
  };
}

function parseEvent(text: string): object {
  let event: unknown;
  try {
    event = JSON.parse(text);
  } catch (error) {
    throw malformed(error instanceof Error ? error.message : 'Event is not JSON');
  }
  if (typeof event !== 'object' || event === null) throw malformed('Event is not an object');
  const missing = requiredFields.filter((field) => !(field in event));
  if (missing.length > 0) throw malformed(`Event lacks ${missing.join(', ')}`);
  return event;
}

function malformed(why: string): ServiceError {
  return new ServiceError('ValidationException', `Parameter Event is not valid. Reason: ${why}.`);
}
