import * as z from 'zod';

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const pattern = /^(\d+)(s|m|h|d)$/;

/** Milliseconds in a duration such as `30s`, `10m`, `2h` or `1d`; undefined when it is not one. */
export function parseDuration(text: string): number | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  return Number(match[1]) * unitMs[match[2] as keyof typeof unitMs];
}

/** A duration in a fleet or scenario file; the parsed value is milliseconds. */
export const duration = z
  .string()
  .regex(pattern, 'write a duration as a whole number and a unit: 30s, 10m, 2h or 1d')
  .transform((text) => parseDuration(text) ?? 0);
