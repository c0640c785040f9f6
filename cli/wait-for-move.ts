import { journalKeys } from '../core/contract/journal.ts';
import type { Standing } from '../core/decision-journal.ts';
import { readServing, type Serving } from '../core/serving.ts';
import { CommandError, exitCode } from './exit-code.ts';
import type { Target } from './target.ts';

/** How often the journal is read while a move is under way, in ms. */
const POLL_MS = 500;

/**
 * Waits until a region serves. Ends the command with "not ready" when the request is refused, and
 * with "timed out" when it takes too long.
 */
export async function waitForMove(
  target: Target,
  app: string,
  { to, id, timeoutMs }: { readonly to: string; readonly id: string; readonly timeoutMs: number },
): Promise<Serving> {
  const application = target.requireApplication(app);
  const { journal } = target.portsIn(to);
  const asked = journalKeys.standing(app, 'failover', `request/${id}`);
  const deadlineMs = Date.now() + timeoutMs;
  for (;;) {
    const { body } = await readServing(journal, app, application);
    if (body.active === to && body.phase === 'steady') return body;
    const standing = (await journal.read<Standing>(asked))?.body.decision;
    if (standing?.action === 'refuse') {
      throw new CommandError(exitCode.notReady, `Refused: ${standing.reason.text}`);
    }
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
