/** A failure that no retry can help: the event becomes a dead letter with this as its cause. */
export class TerminalError extends Error {
  override readonly name = 'TerminalError';
}

/** A tag that may not be moved names another image there. */
export class TagTaken extends TerminalError {}

/** The world changed under what was planned: looking again and planning anew may help at once. */
export class StaleError extends Error {
  override readonly name = 'StaleError';
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
