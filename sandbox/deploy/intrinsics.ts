import { isMapping } from './template.ts';

/** What intrinsic functions refer to. Each look-up throws when there is no such thing. */
export interface Scope {
  readonly region: string;
  /** Value of `Ref`: a resource, a parameter or a pseudo parameter; NO_VALUE for `AWS::NoValue`. */
  ref(logicalId: string): unknown;
  attribute(logicalId: string, attribute: string): unknown;
  importValue(name: string): unknown;
  condition(name: string): boolean;
  mapping(name: string, key: string, second: string): unknown;
}

/** Stands for `AWS::NoValue`: the property that has it is left out. */
export const NO_VALUE = Symbol('AWS::NoValue');

type Intrinsic = (argument: unknown, scope: Scope) => unknown;

/** Resolves every intrinsic function in a value of a template. */
export function resolve(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) {
    return value.map((each) => resolve(each, scope)).filter((each) => each !== NO_VALUE);
  }
  if (!isMapping(value)) return value;
  const [key, ...others] = Object.keys(value);
  if (key !== undefined && others.length === 0) {
    const intrinsic = intrinsics[key];
    if (intrinsic !== undefined) return intrinsic(value[key], scope);
    // `Condition` is also an ordinary property, for example of a policy statement.
    if (key.startsWith('Fn::')) {
      throw new Error(
        `The local cloud does not implement the intrinsic function ${key}; ` +
          `it has ${Object.keys(intrinsics).join(', ')}.`,
      );
    }
  }
  const entries = Object.entries(value)
    .map(([name, each]) => [name, resolve(each, scope)] as const)
    .filter(([, each]) => each !== NO_VALUE);
  return Object.fromEntries(entries);
}

const intrinsics: Readonly<Record<string, Intrinsic>> = {
  Ref: (argument, scope) => scope.ref(String(argument)),
  'Fn::GetAtt': (argument, scope) => {
    const [logicalId = '', ...path] =
      typeof argument === 'string' ? argument.split('.') : list(argument).map(String);
    return scope.attribute(logicalId, path.join('.'));
  },
  'Fn::Join': (argument, scope) => {
    const [separator, parts] = list(argument);
    return list(resolve(parts, scope)).map(text).join(text(separator));
  },
  'Fn::Sub': (argument, scope) => {
    const [template, values] = typeof argument === 'string' ? [argument, {}] : list(argument);
    return substitute(text(template), isMapping(values) ? values : {}, scope);
  },
  'Fn::Select': (argument, scope) => {
    const [index, values] = list(argument);
    const all = list(resolve(values, scope));
    const chosen = all[Number(resolve(index, scope))];
    if (chosen === undefined) {
      throw new Error(`Fn::Select: there is no element ${text(index)} among ${all.length}`);
    }
    return chosen;
  },
  'Fn::Split': (argument, scope) => {
    const [separator, value] = list(argument);
    return text(resolve(value, scope)).split(text(separator));
  },
  'Fn::ImportValue': (argument, scope) => scope.importValue(text(resolve(argument, scope))),
  'Fn::If': (argument, scope) => {
    const [condition, whenTrue, whenFalse] = list(argument);
    return resolve(scope.condition(text(condition)) ? whenTrue : whenFalse, scope);
  },
  'Fn::Equals': (argument, scope) => {
    const [left, right] = list(resolve(argument, scope));
    return left === right;
  },
  'Fn::And': (argument, scope) => list(argument).every((each) => holds(each, scope)),
  'Fn::Or': (argument, scope) => list(argument).some((each) => holds(each, scope)),
  'Fn::Not': (argument, scope) => !holds(list(argument)[0], scope),
  'Fn::FindInMap': (argument, scope) => {
    const [name, key, second] = list(resolve(argument, scope)).map(text);
    return scope.mapping(name ?? '', key ?? '', second ?? '');
  },
};

/** A condition, written out or named as `{ Condition: Name }`. */
export function holds(condition: unknown, scope: Scope): boolean {
  if (isMapping(condition) && typeof condition['Condition'] === 'string') {
    return scope.condition(condition['Condition']);
  }
  return resolve(condition, scope) === true;
}

function substitute(
  template: string,
  values: Readonly<Record<string, unknown>>,
  scope: Scope,
): string {
  return template.replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
    if (literal === '!') return `\${${name}}`;
    if (Object.hasOwn(values, name)) return text(resolve(values[name], scope));
    const [logicalId = '', ...path] = name.split('.');
    const found = path.length === 0 ? scope.ref(name) : scope.attribute(logicalId, path.join('.'));
    return text(found);
  });
}

function list(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new Error(`an intrinsic function needs a list here, not ${JSON.stringify(value)}`);
}

function text(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new Error(`an intrinsic function needs a text here, not ${JSON.stringify(value)}`);
}
