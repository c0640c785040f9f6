import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { notImplemented, validation } from './dynamodb-errors.ts';
import type { Placeholders } from './placeholders.ts';
import { TokenStream, type ExpressionKind, type Path } from './token-stream.ts';

export type Comparator = '=' | '<>' | '<' | '<=' | '>' | '>=';

export type Operand =
  | { readonly kind: 'path'; readonly path: Path }
  | { readonly kind: 'size'; readonly of: Operand }
  | { readonly kind: 'value'; readonly value: AttributeValue };

export type Condition =
  | { readonly kind: 'and' | 'or'; readonly left: Condition; readonly right: Condition }
  | { readonly kind: 'not'; readonly condition: Condition }
  | {
      readonly kind: 'compare';
      readonly comparator: Comparator;
      readonly left: Operand;
      readonly right: Operand;
    }
  | {
      readonly kind: 'between';
      readonly operand: Operand;
      readonly low: Operand;
      readonly high: Operand;
    }
  | { readonly kind: 'in'; readonly operand: Operand; readonly candidates: readonly Operand[] }
  | { readonly kind: 'exists'; readonly path: Path; readonly isWanted: boolean }
  | {
      readonly kind: 'begins_with' | 'contains';
      readonly operand: Operand;
      readonly part: Operand;
    };

const comparators: readonly string[] = ['=', '<>', '<', '<=', '>', '>='];

/** Parses condition, filter and key condition expressions: they share one grammar. */
export function parseCondition(
  text: string,
  kind: ExpressionKind,
  placeholders: Placeholders,
): Condition {
  const tokens = new TokenStream(text, kind, placeholders);
  const condition = parseOr(tokens);
  tokens.expectEnd();
  return condition;
}

function parseOr(tokens: TokenStream): Condition {
  let left = parseAnd(tokens);
  while (tokens.accept('OR')) left = { kind: 'or', left, right: parseAnd(tokens) };
  return left;
}

function parseAnd(tokens: TokenStream): Condition {
  let left = parseNot(tokens);
  while (tokens.accept('AND')) left = { kind: 'and', left, right: parseNot(tokens) };
  return left;
}

function parseNot(tokens: TokenStream): Condition {
  if (tokens.accept('NOT')) return { kind: 'not', condition: parseNot(tokens) };
  if (tokens.accept('(')) {
    const condition = parseOr(tokens);
    tokens.expect(')');
    return condition;
  }
  const name = tokens.peek() ?? '';
  const isFunction = tokens.peek(1) === '(' && /^[A-Za-z_]/.test(name) && name !== 'size';
  return isFunction ? parseFunction(tokens) : parseComparison(tokens);
}

function parseFunction(tokens: TokenStream): Condition {
  const name = tokens.next();
  tokens.expect('(');
  const condition = functionCall(name, tokens);
  tokens.expect(')');
  return condition;
}

function functionCall(name: string, tokens: TokenStream): Condition {
  switch (name) {
    case 'attribute_exists':
      return { kind: 'exists', path: tokens.path(), isWanted: true };
    case 'attribute_not_exists':
      return { kind: 'exists', path: tokens.path(), isWanted: false };
    case 'begins_with':
    case 'contains': {
      const operand = parseOperand(tokens);
      tokens.expect(',');
      return { kind: name, operand, part: parseOperand(tokens) };
    }
    case 'attribute_type':
      throw notImplemented(`the function ${name} in ${tokens.kind}`);
    default:
      throw validation(`Invalid ${tokens.kind}: Invalid function name; function: ${name}`);
  }
}

function parseComparison(tokens: TokenStream): Condition {
  const operand = parseOperand(tokens);
  if (tokens.accept('BETWEEN')) {
    const low = parseOperand(tokens);
    tokens.expect('AND');
    return { kind: 'between', operand, low, high: parseOperand(tokens) };
  }
  if (tokens.accept('IN')) {
    tokens.expect('(');
    const candidates = [parseOperand(tokens)];
    while (tokens.accept(',')) candidates.push(parseOperand(tokens));
    tokens.expect(')');
    return { kind: 'in', operand, candidates };
  }
  const comparator = tokens.peek();
  if (!isComparator(comparator)) return tokens.fail();
  tokens.next();
  return { kind: 'compare', comparator, left: operand, right: parseOperand(tokens) };
}

function parseOperand(tokens: TokenStream): Operand {
  if (tokens.peek()?.startsWith(':') === true) return { kind: 'value', value: tokens.value() };
  if (tokens.peek() === 'size' && tokens.peek(1) === '(') {
    tokens.next();
    tokens.expect('(');
    const of = parseOperand(tokens);
    tokens.expect(')');
    return { kind: 'size', of };
  }
  return { kind: 'path', path: tokens.path() };
}

function isComparator(token: string | undefined): token is Comparator {
  return token !== undefined && comparators.includes(token);
}
