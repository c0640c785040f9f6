import type { DeadLetter, SqsDeadLetters } from '../aws/sqs-dead-letters.ts';
import { type FunctionName, functions } from '../core/contract/functions.ts';
import { messageOf } from '../core/errors.ts';
import { CommandError, exitCode } from './exit-code.ts';
import { type Output, table } from './output.ts';
import type { Target } from './target.ts';

/** Which queues a command is about; all by default. */
export interface DeadLetterScope {
  readonly name?: string;
  readonly region?: string;
}

/** The most that one command shows or sends back from one queue. */
const LETTERS_MAX = 10_000;

/** Enough of a cause for one line of a table. */
const CAUSE_CHARS_MAX = 120;

interface Place {
  readonly region: string;
  readonly function: FunctionName;
  readonly queue: SqsDeadLetters;
}

/** Lists how many dead letters wait, by region and function. */
export async function listDeadLetters(
  target: Target,
  scope: DeadLetterScope,
  output: Output,
): Promise<void> {
  const counts = await everywhere(target, scope, output, async ({ queue, ...place }) => {
    const count = await queue.count();
    return count === undefined || count === 0 ? [] : [{ ...place, count }];
  });
  const rows = counts.map(({ region, function: name, count }) => [region, name, String(count)]);
  output.data({ queues: counts }, rows.length === 0 ? 'No dead letters.' : table(rows));
}

/** Shows each dead letter with its cause, one line of JSON each with `--json`. */
export async function showDeadLetters(
  target: Target,
  scope: DeadLetterScope,
  output: Output,
): Promise<void> {
  const letters = await everywhere(target, scope, output, async ({ queue, ...place }) =>
    (await queue.peek(LETTERS_MAX)).map((letter) => ({ ...place, ...letter })),
  );
  if (output.isJson) for (const letter of letters) output.data(asData(letter), '');
  else output.data({}, letters.length === 0 ? 'No dead letters.' : letters.map(asText).join('\n'));
}

/** Sends dead letters back to their function. */
export async function redriveDeadLetters(
  target: Target,
  { isDryRun, ...scope }: DeadLetterScope & { readonly isDryRun: boolean },
  output: Output,
): Promise<void> {
  if (isDryRun) {
    await showDeadLetters(target, scope, output);
    return;
  }
  const sent = await everywhere(target, scope, output, async ({ queue, ...place }) => {
    const letters: Letter[] = [];
    // As many as there are now: one that fails again at once must not go round and round.
    const count = Math.min(LETTERS_MAX, (await queue.count()) ?? 0);
    for await (const letter of queue.redrive(count)) {
      letters.push({ ...place, ...letter });
      output.data({ kind: 'redriven', ...asData({ ...place, ...letter }) }, '');
    }
    return letters;
  });
  const rows = sent.map(({ region, function: name, cause }) => [region, name, short(cause)]);
  output.data(
    { kind: 'done', redriven: sent.length },
    [...(rows.length === 0 ? [] : [table(rows)]), `${sent.length} sent back.`].join('\n'),
  );
}

type Letter = DeadLetter & { readonly region: string; readonly function: string };

/** Asks every queue in question; a region without an answer is told and does not stop others. */
async function everywhere<Found>(
  target: Target,
  scope: DeadLetterScope,
  output: Output,
  ask: (place: Place) => Promise<readonly Found[]>,
): Promise<readonly Found[]> {
  const places = placesOf(target, scope);
  const found = await Promise.all(
    places.map(async (place) => {
      try {
        return await ask(place);
      } catch (error) {
        output.note(`${place.region} ${place.function}: ${messageOf(error)}`);
        process.exitCode = exitCode.notReady;
        return [];
      }
    }),
  );
  return found.flat();
}

function placesOf(target: Target, { name, region }: DeadLetterScope): readonly Place[] {
  const names = Object.keys(functions) as FunctionName[];
  const regions = Object.keys(target.fleet.regions);
  const named = names.filter((each) => name === undefined || each === name);
  const there = regions.filter((each) => region === undefined || each === region);
  if (named.length === 0) {
    const text = `There is no function ${name ?? ''}. Farshore has: ${names.join(', ')}.`;
    throw new CommandError(exitCode.usage, text);
  }
  if (there.length === 0) {
    const text = `${region ?? ''} is no region of the fleet: ${regions.join(', ')}.`;
    throw new CommandError(exitCode.usage, text);
  }
  return there.flatMap((each) =>
    named.map((of) => ({ region: each, function: of, queue: target.deadLetters(each, of) })),
  );
}

function asData({ sentAtMs, ...letter }: Letter): object {
  return { ...letter, sentAt: new Date(sentAtMs).toISOString() };
}

function asText({ region, function: name, sentAtMs, cause, body }: Letter): string {
  const at = new Date(sentAtMs).toISOString();
  return `${at}  ${region}  ${name}\n  cause: ${cause ?? unknownCause}\n  ${body}`;
}

const unknownCause = 'not told; the function died with it: see its log';

function short(cause = unknownCause): string {
  return cause.length > CAUSE_CHARS_MAX ? `${cause.slice(0, CAUSE_CHARS_MAX)}...` : cause;
}
