import { parseDuration } from '../core/contract/duration.ts';
import { CommandError, exitCode } from './exit-code.ts';

/** Milliseconds of an option such as `90s`; ends the command when it is none. */
export function durationOption(text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  throw new CommandError(exitCode.usage, `${text} is no duration; write 90s, 15m or 2h.`);
}
