import { PassThrough } from 'node:stream';
import type { Fleet } from '../../../core/contract/fleet.ts';
import { CommandError } from '../../../cli/exit-code.ts';
import { createOutput, type Output } from '../../../cli/output.ts';
import type { Target } from '../../../cli/target.ts';
import type { FakeCloud } from '../../core/fake-ports.ts';
import { home } from '../../core/replication/library.ts';

/** What a command works on, over a fake cloud, for the one application of its fleet. */
export function targetOf({ fleet, cloud }: { fleet: Fleet; cloud: FakeCloud }): Target {
  return {
    fleet,
    ports: cloud.ports(home),
    portsIn: (region) => cloud.ports(region),
    deadLetters: () => {
      throw new Error('not asked for here');
    },
    apps: () => ['storefront'],
    requireApp: (name) => name,
    requireApplication: () => {
      const { storefront } = fleet.applications;
      if (storefront === undefined) throw new Error('no storefront');
      return storefront;
    },
    nowMs: () => cloud.nowMs,
    actor: 'sam@desk',
  };
}

/** Runs a command with JSON output; tells the lines it wrote, or how it ended. */
export async function outputOf(command: (output: Output) => Promise<void>) {
  const out = new PassThrough();
  const output = createOutput({ isJson: true, out, err: new PassThrough() });
  const ended = await command(output).catch((error: unknown) => {
    if (!(error instanceof CommandError)) throw error;
    return { exitCode: error.exitCode, message: error.message };
  });
  const lines = String((out.read() as Buffer | null) ?? '').split('\n');
  const written = lines.filter((line) => line !== '');
  return { ended, written: written.map((line) => JSON.parse(line) as Record<string, unknown>) };
}
