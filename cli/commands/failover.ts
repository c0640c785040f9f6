import { Command } from 'commander';
import { confirm } from '../confirm.ts';
import { durationOption } from '../duration-option.ts';
import { CommandError, exitCode } from '../exit-code.ts';
import { sendRequest } from '../operator-request.ts';
import type { Output } from '../output.ts';
import { moveTo, planMove, showPlan } from '../plan-move.ts';
import {
  addTargetOptions,
  type OpenTarget,
  openTarget,
  type Target,
  type TargetOptions,
} from '../target.ts';
import { waitForMove } from '../wait-for-move.ts';

interface MoveOptions extends TargetOptions {
  readonly reason: string;
  readonly confirm?: string;
  readonly force?: boolean;
  readonly dryRun?: boolean;
  readonly wait: boolean;
  readonly timeout: string;
}

/** `farshore failover plan|run|back`: moves of traffic that a person decides. */
export function failoverCommand(output: Output, open: OpenTarget = openTarget): Command {
  const failover = new Command('failover').description('Move traffic between the regions.');
  failover.addCommand(
    addTargetOptions(
      new Command('plan')
        .description('The steps and gates of a flip now, without taking any.')
        .argument('<app>'),
    ).action(async (name: string, options: TargetOptions) => {
      const target = await open(options, output);
      const app = target.requireApp(name);
      const plan = await planMove(target, app, await moveTo(target, app, 'run'));
      showPlan(output, app, plan);
      if (!plan.isOpen) process.exitCode = exitCode.notReady;
    }),
  );
  failover.addCommand(moveCommand('run', 'Move traffic to the standby region.', { output, open }));
  failover.addCommand(
    moveCommand('back', 'Move traffic back to the first region.', { output, open }),
  );
  failover.addCommand(holdCommand({ output, open }));
  failover.addCommand(releaseCommand({ output, open }));
  return failover;
}

interface Around {
  readonly output: Output;
  readonly open: OpenTarget;
}

function holdCommand({ output, open }: Around): Command {
  const command = new Command('hold')
    .description('Leave traffic where it is: no automatic failover until released.')
    .argument('<app>')
    .requiredOption('--reason <text>', 'why, for the record')
    .option('--for <duration>', 'release by itself after this time');
  return addTargetOptions(command).action(
    async (name: string, options: TargetOptions & { reason: string; for?: string }) => {
      const target = await open(options, output);
      const untilMs =
        options.for === undefined ? undefined : target.nowMs() + durationOption(options.for);
      const until = untilMs === undefined ? {} : { untilMs };
      await steer(target, target.requireApp(name), {
        kind: 'hold',
        reason: options.reason,
        ...until,
      });
      output.data({ app: name, hold: true, ...until }, `Automatic failover of ${name} is held.`);
    },
  );
}

function releaseCommand({ output, open }: Around): Command {
  const command = new Command('release')
    .description('Let automatic failover decide again.')
    .argument('<app>');
  return addTargetOptions(command).action(async (name: string, options: TargetOptions) => {
    const target = await open(options, output);
    await steer(target, target.requireApp(name), { kind: 'release' });
    output.data({ app: name, hold: false }, `Automatic failover of ${name} decides again.`);
  });
}

/** Steering is handed to the standby: it is the one that would act. */
async function steer(
  target: Target,
  app: string,
  request: Readonly<Record<string, unknown>> & { readonly kind: string },
): Promise<void> {
  await sendRequest(target, {
    loop: 'failover',
    app,
    region: await moveTo(target, app, 'run'),
    request,
  });
}

function moveCommand(kind: 'run' | 'back', text: string, { output, open }: Around): Command {
  const command = new Command(kind)
    .description(text)
    .argument('<app>')
    .requiredOption('--reason <text>', 'why, for the record')
    .option('--confirm <region>', 'the region that will serve; asked for on a terminal')
    .option('--force', 'pass the gates that only advise')
    .option('--dry-run', 'print the plan and change nothing')
    .option('--no-wait', 'do not wait until the region serves')
    .option('--timeout <duration>', 'how long to wait', '15m');
  return addTargetOptions(command).action(async (name: string, options: MoveOptions) => {
    const target = await open(options, output);
    const app = target.requireApp(name);
    await move(target, { app, kind, options }, output);
  });
}

interface Order {
  readonly app: string;
  readonly kind: 'run' | 'back';
  readonly options: MoveOptions;
}

async function move(target: Target, { app, kind, options }: Order, output: Output): Promise<void> {
  const to = await moveTo(target, app, kind);
  const mode = options.force === true ? 'forced' : 'planned';
  const plan = await planMove(target, app, to, mode);
  if (options.dryRun === true) {
    showPlan(output, app, plan);
    return;
  }
  if (plan.from === to) {
    output.data({ app, active: to, moved: false }, `${to} serves ${app} already.`);
    return;
  }
  if (!plan.isOpen) {
    showPlan(output, app, plan);
    throw new CommandError(exitCode.notReady, 'A gate refuses the move; see above.');
  }
  await confirm({
    word: to,
    given: options.confirm,
    what: 'This moves traffic',
    why: 'let it serve',
  });
  const timeoutMs = durationOption(options.timeout);
  const request = { kind, to, mode, reason: options.reason };
  const id = await sendRequest(target, { loop: 'failover', app, region: to, request });
  if (!options.wait) {
    output.data({ app, to, requested: true }, `Asked ${to} to take over ${app}.`);
    return;
  }
  const serving = await waitForMove(target, app, { to, id, timeoutMs });
  output.data(
    { app, active: to, moved: true, epoch: serving.epoch },
    `${to} serves ${app} (epoch ${serving.epoch}).`,
  );
}
