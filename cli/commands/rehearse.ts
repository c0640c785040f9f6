import { Command, InvalidArgumentError, Option } from 'commander';
import { CommandError, exitCode } from '../exit-code.ts';
import { type SoakMode, soakModes } from '../../rehearsal/soak-modes.ts';
import type { Output } from '../output.ts';

interface Options {
  readonly fleet?: string;
  readonly seed?: number;
  readonly soak?: number;
  readonly minutes?: number;
  readonly mode?: SoakMode;
  readonly timeline?: boolean;
  readonly report?: string;
}

/** `farshore rehearse`: plays scenarios of what may go wrong, in virtual time. */
export function rehearseCommand(output: Output): Command {
  return new Command('rehearse')
    .description('Play scenarios of what may go wrong with your fleet, in seconds.')
    .argument('[file...]', 'scenario files, such as examples/scenarios/*.yaml')
    .option('--fleet <file>', 'play them on this fleet')
    .option('--seed <n>', 'decides all that chance decides', wholeNumber)
    .option('--soak <n>', 'play so many random scenarios instead of files', wholeNumber)
    .option('--minutes <m>', 'end a soak after this time', wholeNumber)
    .addOption(
      new Option('--mode <mode>', 'what a soak is after (default: both, by seed)').choices(
        soakModes,
      ),
    )
    .option('--timeline', 'print all that happened')
    .option('--report <file>', 'write an HTML page with a lane for each region')
    .action(async (files: readonly string[], options: Options) => {
      if (options.soak !== undefined) {
        const { runSoak } = await import('../rehearse/run-soak.ts');
        await runSoak({ ...options, soak: options.soak }, output);
        return;
      }
      if (files.length === 0) {
        throw new CommandError(exitCode.usage, 'Name scenario files, or add --soak 200.');
      }
      const { runRehearsals } = await import('../rehearse/run-rehearsals.ts');
      await runRehearsals(files, options, output);
    });
}

function wholeNumber(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError('write a whole number.');
}
