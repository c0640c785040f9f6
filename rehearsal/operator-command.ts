import { parseDuration } from '../core/contract/duration.ts';

/** An operator's request, before it is known which region serves. */
interface OperatorCommand {
  readonly loop: 'failover' | 'rollout';
  readonly verb: 'run' | 'back' | 'hold' | 'release' | 'start' | 'roll-back';
  readonly app: string;
  readonly isForced: boolean;
  readonly reason: string;
  readonly forMs?: number;
  readonly tag?: string;
}

export type ParsedCommand =
  | { readonly ok: true; readonly command: OperatorCommand }
  | { readonly ok: false; readonly message: string; readonly remedy: string };

const commands = [
  { loop: 'failover', verb: 'run' },
  { loop: 'failover', verb: 'back' },
  { loop: 'failover', verb: 'hold' },
  { loop: 'failover', verb: 'release' },
  { loop: 'rollout', verb: 'start' },
  { loop: 'rollout', verb: 'roll-back' },
] as const;

/** Options that take a word, and those that stand alone. */
const worded = ['--reason', '--for', '--tag', '--confirm'];
const plain = ['--force', '--no-wait'];

/** Reads an operator command as it is typed, such as `failover run storefront --reason "Drill"`. */
export function parseCommand(text: string): ParsedCommand {
  const words = wordsOf(text);
  const [noun = '', verb = '', app = '', ...rest] =
    words[0] === 'farshore' ? words.slice(1) : words;
  const found = commands.find((one) => one.loop === noun && one.verb === verb);
  if (found === undefined) {
    const known = commands.map((one) => `${one.loop} ${one.verb}`).join(', ');
    const message = `there is no operator command ${noun} ${verb}`;
    return { ok: false, message, remedy: `write one of: ${known}` };
  }
  if (app === '' || app.startsWith('-')) {
    const remedy = `write farshore ${noun} ${verb} APP`;
    return { ok: false, message: 'the command names no application', remedy };
  }
  const options = optionsOf(rest);
  if (typeof options === 'string') {
    const remedy = `known here: ${[...worded, ...plain].join(', ')}`;
    return { ok: false, message: options, remedy };
  }
  return { ok: true, command: { ...found, app, ...meaningOf(options) } };
}

function meaningOf(
  options: ReadonlyMap<string, string>,
): Omit<OperatorCommand, 'loop' | 'verb' | 'app'> {
  const forMs = parseDuration(options.get('--for') ?? '');
  const tag = options.get('--tag');
  return {
    isForced: options.has('--force'),
    reason: options.get('--reason') ?? 'A rehearsal',
    ...(forMs !== undefined && { forMs }),
    ...(tag !== undefined && { tag }),
  };
}

/** The options by name, or what is wrong with them. */
function optionsOf(words: readonly string[]): ReadonlyMap<string, string> | string {
  const options = new Map<string, string>();
  for (let place = 0; place < words.length; place += 1) {
    const option = words[place] ?? '';
    if (plain.includes(option)) options.set(option, '');
    else if (worded.includes(option)) {
      const value = words[place + 1];
      if (value === undefined) return `${option} needs a word after it`;
      options.set(option, value);
      place += 1;
    } else return `there is no option ${option}`;
  }
  return options;
}

/** Words and quoted texts. */
function wordsOf(text: string): readonly string[] {
  return [...text.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, word]) => double ?? single ?? word ?? '',
  );
}
