import * as z from 'zod/mini';

/**
 * A time as AWS services write it: ISO 8601 with `Z`, CloudWatch's `+0000` without a colon, or
 * the RFC 1123 form of AWS Health. The parsed value is ms since the epoch.
 */
export const timestamp = z.pipe(
  z.string().check(
    z.refine((text) => Number.isFinite(millisecondsOf(text)), {
      message: 'expected a time, such as 2019-10-02T17:04:40.989+0000',
    }),
  ),
  z.transform(millisecondsOf),
);

function millisecondsOf(text: string): number {
  return Date.parse(text.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
}
