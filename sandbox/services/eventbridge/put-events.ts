import type {
  PutEventsCommandInput,
  PutEventsCommandOutput,
  PutEventsRequestEntry,
  PutEventsResultEntry,
} from '@aws-sdk/client-eventbridge';
import { ServiceError } from '../../service-model.ts';
import type { Call, Operation } from '../../service-model.ts';
import { busNameOf, eventTime } from './event-bus.ts';
import type { EventBridgeModel } from './eventbridge-model.ts';

const ENTRIES_MAX = 10;
/** A request, and so a single entry, may have 1 MB (256 KB until the limit was raised in 2026). */
const REQUEST_BYTES_MAX = 1_048_576;
/** What AWS counts for an entry's time. */
const TIME_BYTES = 14;

/** Takes each entry or refuses it; one bad entry does not stop the others. */
export function putEvents(
  model: EventBridgeModel,
): Operation<PutEventsCommandInput, Omit<PutEventsCommandOutput, '$metadata'>> {
  return {
    resources: (input, call) => [
      ...new Set((input.Entries ?? []).map((e) => model.busArn(call.region, e.EventBusName))),
    ],
    handle: (input, call) => {
      const entries = input.Entries ?? [];
      check(input, entries);
      const results = entries.map((entry) => putEntry(model, entry, call));
      const failed = results.filter((result) => result.ErrorCode !== undefined);
      return { FailedEntryCount: failed.length, Entries: results };
    },
  };
}

function check(input: PutEventsCommandInput, entries: readonly PutEventsRequestEntry[]): void {
  if (input.EndpointId !== undefined) {
    throw new ServiceError(
      'ValidationException',
      'The local cloud does not implement global endpoints (EndpointId).',
    );
  }
  if (entries.length === 0 || entries.length > ENTRIES_MAX) {
    throw new ServiceError(
      'ValidationException',
      `1 validation error detected: Value at 'entries' failed to satisfy constraint: ` +
        `Member must have between 1 and ${ENTRIES_MAX} entries, but has ${entries.length}.`,
    );
  }
  const bytes = entries.reduce((sum, entry) => sum + sizeOf(entry), 0);
  if (bytes > REQUEST_BYTES_MAX) {
    throw new ServiceError(
      'ValidationException',
      'Total size of the entries in the request is over the limit.',
    );
  }
}

function sizeOf(entry: PutEventsRequestEntry): number {
  const texts = [entry.Source, entry.DetailType, entry.Detail, ...(entry.Resources ?? [])];
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text ?? ''), 0);
  return bytes + (entry.Time === undefined ? 0 : TIME_BYTES);
}

function putEntry(
  model: EventBridgeModel,
  entry: PutEventsRequestEntry,
  call: Call,
): PutEventsResultEntry {
  const { Source: source, DetailType: detailType } = entry;
  if (!source) return missing('Source');
  if (!detailType) return missing('DetailType');
  if (entry.Detail === undefined) return missing('Detail');
  if (source.startsWith('aws.')) {
    return {
      ErrorCode: 'NotAuthorizedForSourceException',
      ErrorMessage: 'Not authorized for the source.',
    };
  }
  const detail = parseDetail(entry.Detail);
  if (detail === undefined) {
    return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  }
  const id = model.world.random.uuid();
  model.accept(call.region, busNameOf(entry.EventBusName), {
    version: '0',
    id,
    'detail-type': detailType,
    source,
    account: call.accountId,
    time: eventTime(entry.Time?.getTime() ?? call.world.nowMs()),
    region: call.region,
    resources: entry.Resources ?? [],
    detail,
  });
  return { EventId: id };
}

function missing(parameter: string): PutEventsResultEntry {
  return {
    ErrorCode: 'InvalidArgument',
    ErrorMessage:
      `Parameter ${parameter} is not valid. ` + `Reason: ${parameter} is a required argument.`,
  };
}

/** Details are JSON objects; undefined for anything else. */
function parseDetail(text: string): object | undefined {
  try {
    const detail: unknown = JSON.parse(text);
    return typeof detail === 'object' && detail !== null && !Array.isArray(detail)
      ? detail
      : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
