import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { CommandError, exitCode } from './exit-code.ts';
import { createOutput, type Output } from './output.ts';

/** Runs one command line; returns its exit code. Data goes to stdout, the rest to stderr. */
export async function main(args: readonly string[]): Promise<number> {
  const isJson = args.includes('--json');
  const output = createOutput({ isJson, out: process.stdout, err: process.stderr });
  try {
    const root = await program(output, args[0]);
    await root.parseAsync(args, { from: 'user' });
    return Number(process.exitCode ?? exitCode.ok);
  } catch (error) {
    return report(error, output);
  }
}

/** In the order of the help. Only the command that is asked for is loaded: starting is faster. */
const commands: Readonly<Record<string, () => Promise<(output: Output) => Command>>> = {
  sandbox: async () => (await import('./commands/sandbox.ts')).sandboxCommand,
  status: async () => (await import('./commands/status.ts')).statusCommand,
  events: async () => (await import('./commands/events.ts')).eventsCommand,
  explain: async () => (await import('./commands/explain.ts')).explainCommand,
  rollout: async () => (await import('./commands/rollout.ts')).rolloutCommand,
  failover: async () => (await import('./commands/failover.ts')).failoverCommand,
  images: async () => (await import('./commands/images.ts')).imagesCommand,
  dlq: async () => (await import('./commands/dlq.ts')).dlqCommand,
  fleet: async () => (await import('./commands/fleet.ts')).fleetCommand,
  rehearse: async () => (await import('./commands/rehearse.ts')).rehearseCommand,
  demo: async () => (await import('./commands/demo.ts')).demoCommand,
};

/** All commands when none is named: for the help, and to suggest one for a mistyped name. */
async function program(output: Output, name: string | undefined): Promise<Command> {
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
  const named = Object.entries(commands).filter(([each]) => each === name);
  for (const [, load] of named.length > 0 ? named : Object.entries(commands)) {
    root.addCommand((await load())(output));
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
