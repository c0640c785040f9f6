import { ServiceError } from '../../service-model.ts';

/** When a schedule fires. */
export type ScheduleExpression =
  | { readonly kind: 'rate'; readonly intervalMs: number }
  | { readonly kind: 'at'; readonly atMs: number };

const unitsMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

/** @throws ServiceError ValidationException, also for `cron()`, which is not implemented */
export function parseScheduleExpression(
  text: string | undefined,
  timezone: string | undefined,
): ScheduleExpression {
  // The CDK writes the IANA name.
  if (timezone !== undefined && timezone !== 'UTC' && timezone !== 'Etc/UTC') {
    throw invalid(`the local cloud does not implement the time zone ${timezone}, only UTC`);
  }
  const rate = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(text ?? '');
  if (rate !== null) {
    const unit = rate[2] as keyof typeof unitsMs;
    const intervalMs = Number(rate[1]) * unitsMs[unit];
    if (intervalMs > 0) return { kind: 'rate', intervalMs };
  }
  const at = /^at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)$/.exec(text ?? '');
  if (at !== null) {
    const atMs = Date.parse(`${at[1] ?? ''}Z`);
    if (!Number.isNaN(atMs)) return { kind: 'at', atMs };
  }
  if (text?.startsWith('cron(') === true) {
    throw invalid('the local cloud does not implement cron(): use rate(N minutes) or at(...)');
  }
  throw invalid(`invalid schedule expression ${text ?? '(none)'}`);
}

function invalid(why: string): ServiceError {
  return new ServiceError('ValidationException', `ScheduleExpression: ${why}.`);
}
