import { type FunctionEnv, type FunctionName, functions } from '../../core/contract/functions.ts';

/** Variables of a process, as they come. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment of a function after parsing, and the region that Lambda itself names. */
export interface FunctionSettings<Name extends FunctionName> {
  readonly env: FunctionEnv<Name>;
  readonly region: string;
}

/** Parses the environment by the function's contract; names everything that is wrong at once. */
export function readEnv<Name extends FunctionName>(
  name: Name,
  environment: Environment,
): FunctionSettings<Name> {
  const { AWS_REGION: region } = environment;
  const parsed = functions[name].env.safeParse(environment);
  const wrong = parsed.success ? [] : parsed.error.issues.map(({ path }) => path.join('.'));
  if (parsed.success && region !== undefined) {
    return { env: parsed.data as FunctionEnv<Name>, region };
  }
  const described = [...wrong, ...(region === undefined ? ['AWS_REGION'] : [])].map((variable) => {
    const value = environment[variable];
    return value === undefined ? `${variable} is missing` : `${variable} is "${value}"`;
  });
  throw new Error(
    `The environment of ${name} is wrong: ${described.join(', ')}. ` +
      'It is set where the stack creates the function; deploy the stack again.',
  );
}
