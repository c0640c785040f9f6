import { Command, CommanderError } from 'commander';
import type { Operate } from '../../rehearsal/take-step.ts';
import type { WorldView } from '../../rehearsal/world-view.ts';
import { answerCommand } from '../../sandbox/embed.ts';
import { dlqCommand } from '../commands/dlq.ts';
import { failoverCommand } from '../commands/failover.ts';
import { imagesCommand } from '../commands/images.ts';
import { rolloutCommand } from '../commands/rollout.ts';
import type { Output } from '../output.ts';
import { targetOf } from '../reach-target.ts';
import type { Target } from '../target.ts';
// Commands load these when they are run; a rehearsal must not wait for a disk.
import '../dead-letters.ts';
import '../images/backfill-images.ts';
import '../images/prune-images.ts';

/** What the commands ask for and a scenario need not write: nobody is there to be asked. */
const given: readonly (readonly [command: RegExp, option: string, words: readonly string[]])[] = [
  [/^failover (run|back|hold) /, '--reason', ['--reason', 'A rehearsal']],
  [/^(failover (run|back)|images backfill) /, '--no-wait', ['--no-wait']],
];

/** Runs an operator's command by the code of the command line, inside of a rehearsal. */
export const operate: Operate = async (view, words) => {
  const text = `${words.join(' ')} `;
  const added = given.flatMap(([command, option, more]) =>
    command.test(text) && !words.includes(option) ? more : [],
  );
  const said: string[] = [];
  const output: Output = {
    isJson: false,
    data: (_value, line) => said.push(line),
    note: (line) => said.push(line),
  };
  const { exitCode } = process;
  try {
    const target = targetIn(view, output);
    const confirmed = confirmation(view, words);
    await program(target, output).parseAsync([...words, ...added, ...confirmed], { from: 'user' });
    return undefined;
  } catch (error) {
    // As on the command line: a command that fails says why, and the world goes on.
    if (error instanceof CommanderError) throw error;
    return [...said, error instanceof Error ? error.message : String(error)].at(-1);
  } finally {
    process.exitCode = exitCode;
  }
};

/** Moves are confirmed by the region that will serve, deletions by the application. */
function confirmation(view: WorldView, [noun, verb, app = '']: readonly string[]) {
  if (noun === 'images' && verb === 'prune') return ['--confirm', app];
  const { applications } = view.cloud.fleet;
  const regions = applications[app]?.regions ?? [];
  if (noun !== 'failover' || (verb !== 'run' && verb !== 'back')) return [];
  const { active } = view.failover(app);
  const to = verb === 'back' ? regions[0] : regions.find((region) => region !== active);
  return to === undefined ? [] : ['--confirm', to];
}

function program(target: Target, output: Output): Command {
  const silent = { writeErr: () => undefined, writeOut: () => undefined };
  const root = new Command('farshore').exitOverride().configureOutput(silent);
  const open = () => Promise.resolve(target);
  for (const make of [failoverCommand, rolloutCommand, imagesCommand, dlqCommand]) {
    root.addCommand(make(output, open));
  }
  return root;
}

/** The rehearsed fleet, as a person outside of AWS reaches it. */
function targetIn({ cloud }: WorldView, output: Output): Target {
  const { accountId, world } = cloud.built.cloud;
  const place = {
    accountId,
    banner: 'REHEARSAL',
    nowMs: () => world.nowMs(),
    actor: 'operator',
    clients: {
      answer:
        ({ region }: { readonly region: string }) =>
        (command: Parameters<typeof answerCommand>[2]) =>
          answerCommand(cloud.built.cloud, { principal: {}, region }, command),
    },
    ids: { next: () => world.random.uuid() },
  };
  return targetOf(cloud.fleet, place, output);
}
