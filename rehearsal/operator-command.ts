/** A command of the command line that changes something, as a scenario may write it. */
interface OperatorCommand {
  readonly noun: string;
  readonly verb: string;
  /** What stands behind the verb. */
  readonly about: 'APP' | '[FUNCTION]';
  /** Options that take a word, and those that stand alone. */
  readonly worded: readonly string[];
  readonly plain: readonly string[];
}

const move = { about: 'APP', worded: ['--reason'], plain: ['--force', '--no-wait'] } as const;

/** Everything that an operator can do to a deployed fleet. */
export const operatorCommands: readonly OperatorCommand[] = [
  { noun: 'failover', verb: 'run', ...move },
  { noun: 'failover', verb: 'back', ...move },
  { noun: 'failover', verb: 'hold', about: 'APP', worded: ['--reason', '--for'], plain: [] },
  { noun: 'failover', verb: 'release', about: 'APP', worded: [], plain: [] },
  { noun: 'rollout', verb: 'start', about: 'APP', worded: ['--tag', '--digest'], plain: [] },
  { noun: 'rollout', verb: 'roll-back', about: 'APP', worded: [], plain: [] },
  { noun: 'images', verb: 'backfill', about: 'APP', worded: ['--tags'], plain: ['--no-wait'] },
  { noun: 'images', verb: 'prune', about: 'APP', worded: [], plain: [] },
  { noun: 'dlq', verb: 'redrive', about: '[FUNCTION]', worded: ['--region'], plain: [] },
];

export interface CommandProblem {
  readonly message: string;
  readonly remedy: string;
}

/** What is wrong with a command as it is typed, such as `failover run storefront --force`. */
export function commandProblem(
  text: string,
  apps: readonly string[] | undefined,
): CommandProblem | undefined {
  const [noun = '', verb = '', ...rest] = wordsOf(text);
  const found = operatorCommands.find((one) => one.noun === noun && one.verb === verb);
  if (found === undefined) {
    const known = operatorCommands.map((one) => `${one.noun} ${one.verb}`).join(', ');
    const message = `there is no operator command ${noun} ${verb}`.trimEnd();
    return { message, remedy: `write one of: ${known}` };
  }
  const [about = ''] = rest;
  const isNamed = about !== '' && !about.startsWith('-');
  if (found.about === 'APP') {
    const remedy = `write farshore ${noun} ${verb} APP`;
    if (!isNamed) return { message: 'the command names no application', remedy };
    if (apps !== undefined && !apps.includes(about)) {
      return {
        message: `the fleet has no application ${about}`,
        remedy: `use one of ${apps.join(', ')}`,
      };
    }
  }
  return optionProblem(found, isNamed ? rest.slice(1) : rest);
}

function optionProblem(
  { worded, plain }: OperatorCommand,
  words: readonly string[],
): CommandProblem | undefined {
  const remedy = `known here: ${[...worded, ...plain].join(', ') || 'none'}`;
  for (let place = 0; place < words.length; place += 1) {
    const option = words[place] ?? '';
    if (plain.includes(option)) continue;
    if (!worded.includes(option)) return { message: `there is no option ${option}`, remedy };
    place += 1;
    if (words[place] === undefined) return { message: `${option} needs a word after it`, remedy };
  }
  return undefined;
}

/** Words and quoted texts of a command line, without the name of the program. */
export function wordsOf(text: string): readonly string[] {
  const words = [...text.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, word]) => double ?? single ?? word ?? '',
  );
  return words[0] === 'farshore' ? words.slice(1) : words;
}
