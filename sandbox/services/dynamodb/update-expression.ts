import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { refuseOverlaps } from './document-path.ts';
import { notImplemented, validation } from './dynamodb-errors.ts';
import type { Placeholders } from './placeholders.ts';
import { TokenStream, type Path } from './token-stream.ts';

export type UpdateOperand =
  | { readonly kind: 'path'; readonly path: Path }
  | { readonly kind: 'value'; readonly value: AttributeValue }
  | { readonly kind: 'if_not_exists'; readonly path: Path; readonly otherwise: UpdateOperand }
  | {
      readonly kind: 'list_append' | '+' | '-';
      readonly left: UpdateOperand;
      readonly right: UpdateOperand;
    };

export interface Update {
  readonly set: readonly { readonly path: Path; readonly operand: UpdateOperand }[];
  readonly remove: readonly Path[];
  readonly add: readonly { readonly path: Path; readonly value: AttributeValue }[];
}

/** Parses an update expression with SET, REMOVE and ADD clauses. */
export function parseUpdate(text: string, placeholders: Placeholders): Update {
  const tokens = new TokenStream(text, 'UpdateExpression', placeholders);
  const set: { path: Path; operand: UpdateOperand }[] = [];
  const remove: Path[] = [];
  const add: { path: Path; value: AttributeValue }[] = [];
  const seen = new Set<string>();
  while (tokens.peek() !== undefined) {
    const section = sectionName(tokens, seen);
    do {
      const path = tokens.path();
      if (section === 'SET') {
        tokens.expect('=');
        set.push({ path, operand: parseSum(tokens) });
      } else if (section === 'ADD') add.push({ path, value: tokens.value() });
      else remove.push(path);
    } while (tokens.accept(','));
  }
  const paths = [...set.map(({ path }) => path), ...remove, ...add.map(({ path }) => path)];
  refuseOverlaps(paths, 'UpdateExpression');
  return { set, remove, add };
}

/** The attributes that an update touches. */
export function touchedBy(update: Update): readonly Path[] {
  const { set, remove, add } = update;
  return [...set.map(({ path }) => path), ...remove, ...add.map(({ path }) => path)];
}

function sectionName(tokens: TokenStream, seen: Set<string>): 'SET' | 'REMOVE' | 'ADD' {
  const word = tokens.peek()?.toUpperCase() ?? '';
  if (word === 'DELETE') throw notImplemented('the clause DELETE of UpdateExpression');
  if (word !== 'SET' && word !== 'REMOVE' && word !== 'ADD') return tokens.fail();
  if (seen.has(word)) {
    throw validation(
      `Invalid UpdateExpression: The "${word}" section can only be used once in an update ` +
        'expression;',
    );
  }
  seen.add(word);
  tokens.next();
  return word;
}

function parseSum(tokens: TokenStream): UpdateOperand {
  const left = parseOperand(tokens);
  if (tokens.accept('+')) return { kind: '+', left, right: parseOperand(tokens) };
  if (tokens.accept('-')) return { kind: '-', left, right: parseOperand(tokens) };
  return left;
}

function parseOperand(tokens: TokenStream): UpdateOperand {
  if (tokens.peek()?.startsWith(':') === true) return { kind: 'value', value: tokens.value() };
  if (tokens.peek(1) !== '(') return { kind: 'path', path: tokens.path() };
  const name = tokens.next();
  tokens.expect('(');
  const operand = functionCall(name, tokens);
  tokens.expect(')');
  return operand;
}

function functionCall(name: string, tokens: TokenStream): UpdateOperand {
  if (name === 'if_not_exists') {
    const path = tokens.path();
    tokens.expect(',');
    return { kind: name, path, otherwise: parseOperand(tokens) };
  }
  if (name === 'list_append') {
    const left = parseOperand(tokens);
    tokens.expect(',');
    return { kind: name, left, right: parseOperand(tokens) };
  }
  throw validation(`Invalid UpdateExpression: Invalid function name; function: ${name}`);
}
