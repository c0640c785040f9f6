import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { demoCommand } from './commands/demo.ts';
import { dlqCommand } from './commands/dlq.ts';
import { eventsCommand } from './commands/events.ts';
import { explainCommand } from './commands/explain.ts';
import { failoverCommand } from './commands/failover.ts';
import { fleetCommand } from './commands/fleet.ts';
import { imagesCommand } from './commands/images.ts';
import { rehearseCommand } from './commands/rehearse.ts';
import { rolloutCommand } from './commands/rollout.ts';
import { sandboxCommand } from './commands/sandbox.ts';
import { statusCommand } from './commands/status.ts';
import { CommandError, exitCode } from './exit-code.ts';
import { createOutput, type Output } from './output.ts';

/** Runs one command line; returns its exit code. Data goes to stdout, the rest to stderr. */
export async function main(args: readonly string[]): Promise<number> {
  const isJson = args.includes('--json');
  const output = createOutput({ isJson, out: process.stdout, err: process.stderr });
  try {
    await program(output).parseAsync(args, { from: 'user' });
    return Number(process.exitCode ?? exitCode.ok);
  } catch (error) {
    return report(error, output);
  }
}

function program(output: Output): Command {
  const root = new Command('farshore')
    .description('Keeps containers on Amazon ECS running when a region does not.')
    .version(version())
    .exitOverride()
    .configureOutput({
      outputError: (text, write) => {
        write(text);
      },
    })
    .showHelpAfterError('Run the command with --help to see its options.')
    .showSuggestionAfterError();
  for (const add of [
    sandboxCommand,
    statusCommand,
    eventsCommand,
    explainCommand,
    rolloutCommand,
    failoverCommand,
    imagesCommand,
    dlqCommand,
    fleetCommand,
    rehearseCommand,
    demoCommand,
  ]) {
    root.addCommand(add(output));
  }
  for (const command of everyCommand(root)) {
    command.exitOverride();
    if (command.commands.length === 0) {
      command.option('--json', 'print one JSON object instead of text');
    }
  }
  return root;
}

function everyCommand(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

function report(error: unknown, output: Output): number {
  if (error instanceof CommanderError) {
    // Help and version are answers; everything else Commander throws is a wrong command line.
    return error.exitCode === 0 ? exitCode.ok : exitCode.usage;
  }
  if (error instanceof CommandError) {
    output.note(error.message);
    return error.exitCode;
  }
  if (isAccessDenied(error)) {
    output.note(`${(error as Error).message}\nGive the caller that permission and try again.`);
    return exitCode.permission;
  }
  const isDebug = process.env['FARSHORE_DEBUG'] !== undefined;
  const text = error instanceof Error ? (isDebug ? error.stack : error.message) : String(error);
  output.note(`${text ?? 'Unknown error'}\nSet FARSHORE_DEBUG=1 to see where it came from.`);
  return exitCode.failed;
}

function isAccessDenied(error: unknown): boolean {
  return (
    error instanceof Error && /^(AccessDenied|UnrecognizedClient|ExpiredToken)/.test(error.name)
  );
}

function version(): string {
  const file = new URL('../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version;
}
