import { Command } from 'commander';
import type { Output } from '../output.ts';
import { addTargetOptions, type OpenTarget, openTarget, type TargetOptions } from '../target.ts';

interface DlqOptions extends TargetOptions {
  readonly region?: string;
  readonly dryRun?: boolean;
}

/** `farshore dlq`: messages that a function gave up on, why, and how they go on. */
export function dlqCommand(output: Output, open: OpenTarget = openTarget): Command {
  const dlq = new Command('dlq').description('Messages that functions gave up on.');
  const list = commandOf('list', 'How many wait, by region and function.');
  list.action(async (name: string | undefined, options: DlqOptions) => {
    const { listDeadLetters } = await import('../dead-letters.ts');
    await listDeadLetters(await open(options, output), scopeOf(name, options), output);
  });
  const show = commandOf('show', 'Show each message and why it was given up.');
  show.action(async (name: string | undefined, options: DlqOptions) => {
    const { showDeadLetters } = await import('../dead-letters.ts');
    await showDeadLetters(await open(options, output), scopeOf(name, options), output);
  });
  const redrive = commandOf('redrive', 'Send messages back to their function.');
  redrive.option('--dry-run', 'show them and change nothing');
  redrive.action(async (name: string | undefined, options: DlqOptions) => {
    const { redriveDeadLetters } = await import('../dead-letters.ts');
    const scope = { ...scopeOf(name, options), isDryRun: options.dryRun === true };
    await redriveDeadLetters(await open(options, output), scope, output);
  });
  for (const command of [list, show, redrive]) dlq.addCommand(command);
  return dlq;
}

function commandOf(verb: string, text: string): Command {
  return addTargetOptions(
    new Command(verb)
      .description(text)
      .argument('[function]', 'such as replicate-image; every function by default')
      .option('--region <region>', 'only this region; every one by default'),
  );
}

function scopeOf(name: string | undefined, { region }: DlqOptions) {
  return {
    ...(name === undefined ? {} : { name }),
    ...(region === undefined ? {} : { region }),
  };
}
