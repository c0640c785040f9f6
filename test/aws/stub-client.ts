import type { ClientOptions } from '../../aws/clients.ts';
import { type Clients, clients } from './every-client.ts';

/** One command as it was sent. */
export interface SentCommand {
  readonly region: string;
  /** `ECS UpdateService`. */
  readonly call: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export type Answer = object | Error;

/** Answers a call; what is not an error becomes the output. */
type Answers = Readonly<Record<string, (command: SentCommand) => Answer | Promise<Answer>>>;

export interface Stub {
  readonly clients: Clients;
  /** What the clients are made with, for code that makes its own. */
  readonly options: ClientOptions;
  readonly sent: readonly SentCommand[];
  /** Inputs of one call, in order. */
  inputs(call: string): readonly SentCommand['input'][];
}

/** Clients whose commands the test answers. */
export function stubAws(answers: Answers): Stub {
  const sent: SentCommand[] = [];
  const options: ClientOptions = {
    answer:
      ({ service, region }) =>
      async (command) => {
        const call = `${service} ${command.schema[2]}`;
        const sentNow = { region, call, input: command.input as SentCommand['input'] };
        sent.push(sentNow);
        const answer = answers[call];
        if (answer === undefined) throw new Error('the test has no answer for this call');
        const output = await answer(sentNow);
        if (output instanceof Error) throw output;
        return { $metadata: {}, ...output };
      },
  };
  return {
    clients: clients(options),
    options,
    sent,
    inputs: (call) => sent.filter((each) => each.call === call).map(({ input }) => input),
  };
}

/** An error as the SDK throws it: told apart by its name. */
export function awsError(name: string, members: object = {}): Error {
  return Object.assign(new Error(`${name} happened`), { name }, members);
}

/** Gives the answers in turn, the last one for ever. */
export function inTurn(...answers: readonly [Answer, ...Answer[]]): () => Answer {
  let next = 0;
  return () => answers[Math.min(next++, answers.length - 1)] ?? answers[0];
}
