import { matchesWildcard } from './wildcard.ts';

/** `{ StringEquals: { 'aws:RequestedRegion': ['eu-west-1'] } }`. */
export type ConditionBlock = Readonly<
  Record<string, Readonly<Record<string, string | boolean | number | readonly string[]>>>
>;

type Context = Readonly<Record<string, string | readonly string[]>>;
type Comparison = (actual: string, wanted: string) => boolean;

/** Operators with their meaning; those that start with `not` are negations of the others. */
const comparisons: Readonly<Record<string, Comparison>> = {
  stringequals: (actual, wanted) => actual === wanted,
  stringequalsignorecase: (actual, wanted) => actual.toLowerCase() === wanted.toLowerCase(),
  stringlike: (actual, wanted) => matchesWildcard(wanted, actual),
  arnequals: matchesArnParts,
  arnlike: matchesArnParts,
  bool: (actual, wanted) => actual.toLowerCase() === wanted.toLowerCase(),
  numericequals: (actual, wanted) => Number(actual) === Number(wanted),
  numericlessthan: (actual, wanted) => Number(actual) < Number(wanted),
  numericlessthanequals: (actual, wanted) => Number(actual) <= Number(wanted),
  numericgreaterthan: (actual, wanted) => Number(actual) > Number(wanted),
  numericgreaterthanequals: (actual, wanted) => Number(actual) >= Number(wanted),
};

const negations: Readonly<Record<string, string>> = {
  stringnotequals: 'stringequals',
  stringnotequalsignorecase: 'stringequalsignorecase',
  stringnotlike: 'stringlike',
  arnnotequals: 'arnequals',
  arnnotlike: 'arnlike',
  numericnotequals: 'numericequals',
};

/** Whether all conditions of a statement hold; several keys and operators are joined by "and". */
export function matchesConditions(block: ConditionBlock, context: Context): boolean {
  const keys = new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), value]));
  return Object.entries(block).every(([operator, wanted]) =>
    Object.entries(wanted).every(([key, value]) =>
      matchesOne(operator, texts(value), listed(keys.get(key.toLowerCase()))),
    ),
  );
}

/** @param actual undefined when the call does not carry the key */
function matchesOne(
  operator: string,
  wanted: readonly string[],
  actual: readonly string[] | undefined,
): boolean {
  const { quantifier, name, ifExists } = parseOperator(operator);
  if (name === 'null') return wanted.includes(String(actual === undefined || actual.length === 0));
  const isNegated = name in negations;
  const compare = comparisons[negations[name] ?? name];
  if (compare === undefined) {
    throw new Error(
      `The local cloud does not evaluate the IAM condition operator ${operator}; ` +
        'use a String, Arn, Numeric, Bool or Null operator',
    );
  }
  const holds = (one: string): boolean => isNegated !== wanted.some((want) => compare(one, want));
  // "For all" holds for an empty set, which is why policies add a Null condition beside it.
  if (quantifier === 'forallvalues') return (actual ?? []).every(holds);
  if (actual === undefined) return ifExists || (isNegated && quantifier === undefined);
  // A negation without a quantifier must hold for every value that the call carries.
  return isNegated && quantifier === undefined ? actual.every(holds) : actual.some(holds);
}

function parseOperator(operator: string): {
  readonly quantifier: 'forallvalues' | 'foranyvalue' | undefined;
  readonly name: string;
  readonly ifExists: boolean;
} {
  const lower = operator.toLowerCase();
  const quantifier = (['forallvalues', 'foranyvalue'] as const).find((one) =>
    lower.startsWith(`${one}:`),
  );
  const rest = quantifier === undefined ? lower : lower.slice(quantifier.length + 1);
  const ifExists = rest.endsWith('ifexists');
  return { quantifier, ifExists, name: ifExists ? rest.slice(0, -'ifexists'.length) : rest };
}

/** ARNs are compared part by part, so that `*` does not run over a colon of the first five. */
function matchesArnParts(actual: string, wanted: string): boolean {
  const split = (arn: string): string[] => {
    const parts = arn.split(':');
    return [...parts.slice(0, 5), parts.slice(5).join(':')];
  };
  const actualParts = split(actual);
  return split(wanted).every((part, index) => matchesWildcard(part, actualParts[index] ?? ''));
}

function texts(value: string | boolean | number | readonly string[]): readonly string[] {
  return Array.isArray(value) ? (value as readonly string[]).map(String) : [String(value)];
}

function listed(value: string | readonly string[] | undefined): readonly string[] | undefined {
  return typeof value === 'string' ? [value] : value;
}
