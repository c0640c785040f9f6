import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { exitCode, CommandError } from './exit-code.ts';

/** What a running local cloud tells the other commands, in `.farshore/sandbox.json`. */
export interface SandboxState {
  readonly pid: number;
  readonly gateway: string;
  readonly fleetFile: string;
}

const stateFile = () => path.resolve('.farshore', 'sandbox.json');

export function writeSandboxState(state: SandboxState): void {
  mkdirSync(path.dirname(stateFile()), { recursive: true });
  writeFileSync(stateFile(), JSON.stringify(state, null, 2));
}

/** Removes the state if it is still this process's own. */
export function removeSandboxState(): void {
  if (readSandboxState()?.pid === process.pid) rmSync(stateFile(), { force: true });
}

/** The running local cloud of this folder; undefined when none runs. */
export function readSandboxState(): SandboxState | undefined {
  let text: string;
  try {
    text = readFileSync(stateFile(), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const state = JSON.parse(text) as SandboxState;
  return isAlive(state.pid) ? state : undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Asks the running local cloud; ends the command with "not ready" when there is none. */
export async function askSandbox<Answer>(
  method: 'GET' | 'POST' | 'DELETE',
  route: string,
  body?: object,
): Promise<Answer> {
  const state = readSandboxState();
  if (state === undefined) {
    throw new CommandError(
      exitCode.notReady,
      'No local cloud runs in this folder. Start one with `npm start` or `farshore sandbox up`.',
    );
  }
  const response = await fetch(`${state.gateway}/_farshore/${route}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    headers: { 'content-type': 'application/json' },
  });
  const answer = (await response.json()) as Answer & { readonly error?: string };
  if (!response.ok) {
    const message = answer.error ?? `The local cloud answered ${response.status}.`;
    throw new CommandError(response.status === 400 ? exitCode.usage : exitCode.failed, message);
  }
  return answer;
}
