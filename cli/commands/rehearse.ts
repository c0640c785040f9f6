import { Command, InvalidArgumentError } from 'commander';
import type { Output } from '../output.ts';

interface Options {
  readonly fleet?: string;
  readonly seed?: number;
  readonly timeline?: boolean;
  readonly report?: string;
}

/** `farshore rehearse`: plays scenarios of what may go wrong, in virtual time. */
export function rehearseCommand(output: Output): Command {
  return new Command('rehearse')
    .description('Play scenarios of what may go wrong with your fleet, in seconds.')
    .argument('<file...>', 'scenario files, such as examples/scenarios/*.yaml')
    .option('--fleet <file>', 'play them on this fleet')
    .option('--seed <n>', 'decides all that chance decides', wholeNumber)
    .option('--timeline', 'print all that happened')
    .option('--report <file>', 'write an HTML page with a lane for each region')
    .action(async (files: readonly string[], options: Options) => {
      const { runRehearsals } = await import('../rehearse/run-rehearsals.ts');
      await runRehearsals(files, options, output);
    });
}

function wholeNumber(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError('write a whole number.');
}
