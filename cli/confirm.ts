import { createInterface } from 'node:readline/promises';
import { CommandError, exitCode } from './exit-code.ts';

/** What a person has to type before something is done that cannot be undone at once. */
export interface Confirmation {
  /** The name of what is changed. */
  readonly word: string;
  /** The word of `--confirm`, if any. */
  readonly given: string | undefined;
  /** What the command does: `This moves traffic`. */
  readonly what: string;
  /** What typing the word lets happen: `let it serve`. */
  readonly why: string;
}

/** Ends the command unless the word was given, or typed on a terminal. */
export async function confirm({ word, given, what, why }: Confirmation): Promise<void> {
  if (given === word) return;
  if (given !== undefined) {
    throw new CommandError(exitCode.usage, `--confirm ${given} is not ${word}: nothing is done.`);
  }
  if (!process.stdin.isTTY) {
    throw new CommandError(exitCode.usage, `${what}: add --confirm ${word}.`);
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`Type ${word} to ${why}: `);
  terminal.close();
  if (answer.trim() !== word) {
    throw new CommandError(exitCode.failed, 'Not confirmed: nothing is done.');
  }
}
