/** Exit codes of every command; scripts may rely on them. */
export const exitCode = {
  ok: 0,
  failed: 1,
  usage: 2,
  drift: 3,
  permission: 4,
  notReady: 5,
  timedOut: 6,
  rolledBack: 7,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** Ends a command with an exit code and a sentence that says what to do. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: ExitCode;

  constructor(code: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = code;
  }
}
