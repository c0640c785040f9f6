import { readServing, type Serving } from '../core/serving.ts';
import { CommandError, exitCode } from './exit-code.ts';
import type { Target } from './target.ts';

/** How often the journal is read while a move is under way, in ms. */
const POLL_MS = 500;

/** Waits until a region serves; ends the command with "timed out" when that takes too long. */
export async function waitForMove(
  target: Target,
  app: string,
  { to, timeoutMs }: { readonly to: string; readonly timeoutMs: number },
): Promise<Serving> {
  const application = target.requireApplication(app);
  const deadlineMs = Date.now() + timeoutMs;
  for (;;) {
    const { body } = await readServing(target.portsIn(to).journal, app, application);
    if (body.active === to && body.phase === 'steady') return body;
    if (Date.now() > deadlineMs) {
      throw new CommandError(
        exitCode.timedOut,
        `${to} does not serve yet. It goes on without this command: look with ` +
          `\`farshore explain ${app}\` and \`farshore events --app ${app}\`.`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
