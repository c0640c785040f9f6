import { ReferenceError } from '../../registry/image-reference.ts';
import { RegistryError, type RegistryFailure } from '../../registry/registry-error.ts';
import { messageOf } from '../../core/errors.ts';
import { CommandError, type ExitCode, exitCode } from '../exit-code.ts';

const codes: Readonly<Record<RegistryFailure, ExitCode>> = {
  unreachable: exitCode.notReady,
  untrusted: exitCode.usage,
  permission: exitCode.permission,
  'not-found': exitCode.usage,
  throttled: exitCode.timedOut,
  refused: exitCode.failed,
  broken: exitCode.failed,
};

/** How a command that speaks to registries ends, by the kind of what went wrong. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof CommandError) return error.exitCode;
  if (error instanceof ReferenceError) return exitCode.usage;
  return error instanceof RegistryError ? codes[error.failure] : exitCode.failed;
}

/** Runs such a command; what goes wrong becomes one line and an exit code. */
export async function endingWell(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(exitCodeOf(error), messageOf(error), { cause: error });
  }
}
