import { Command } from 'commander';
import { CommandError, exitCode } from '../exit-code.ts';
import { sendRequest } from '../operator-request.ts';
import type { Output } from '../output.ts';
import { addTargetOptions, type OpenTarget, openTarget, type TargetOptions } from '../target.ts';

interface StartOptions extends TargetOptions {
  readonly tag?: string;
  readonly digest?: string;
}

/** `farshore rollout start|roll-back`: rollouts that a person decides. */
export function rolloutCommand(output: Output, open: OpenTarget = openTarget): Command {
  const around = { output, open };
  const rollout = new Command('rollout').description('Roll an image out, or back.');
  rollout.addCommand(
    addTargetOptions(
      new Command('start')
        .description('Roll out an image that every region holds, region by region.')
        .argument('<app>')
        .option('--tag <tag>', 'the tag to roll out')
        .option('--digest <digest>', 'the digest to roll out'),
    ).action(async (name: string, options: StartOptions) => {
      const { tag, digest } = options;
      if ((tag === undefined) === (digest === undefined)) {
        throw new CommandError(exitCode.usage, 'Name the image by --tag or by --digest.');
      }
      const image = tag === undefined ? { digest } : { tag };
      const what = `the rollout of ${tag ?? digest ?? ''}`;
      await request(name, { options, what, request: { kind: 'start', ...image } }, around);
    }),
  );
  rollout.addCommand(
    addTargetOptions(
      new Command('roll-back')
        .description('Roll the newest rollout back in every region it has reached.')
        .argument('<app>'),
    ).action(async (name: string, options: TargetOptions) => {
      await request(
        name,
        { options, what: 'the rollback', request: { kind: 'roll-back' } },
        around,
      );
    }),
  );
  return rollout;
}

interface Around {
  readonly output: Output;
  readonly open: OpenTarget;
}

interface Asked {
  readonly options: TargetOptions;
  readonly what: string;
  readonly request: Readonly<Record<string, unknown>> & { readonly kind: string };
}

async function request(name: string, asked: Asked, { output, open }: Around): Promise<void> {
  const target = await open(asked.options, output);
  const app = target.requireApp(name);
  const region = target.requireApplication(app).home;
  await sendRequest(target, { loop: 'rollout', app, region, request: asked.request });
  output.data(
    { app, requested: asked.request },
    `Asked for ${asked.what}. Follow it with \`farshore events --app ${app}\`.`,
  );
}
