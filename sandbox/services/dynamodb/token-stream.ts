import { validation } from './dynamodb-errors.ts';
import type { Placeholders } from './placeholders.ts';
import { isReservedWord } from './reserved-words.ts';

export type ExpressionKind =
  | 'ConditionExpression'
  | 'FilterExpression'
  | 'KeyConditionExpression'
  | 'ProjectionExpression'
  | 'UpdateExpression';

/** A place in an item: attribute, then map keys and list indexes. */
export type Path = readonly (string | number)[];

const token = /\s*(<>|<=|>=|[()[\],=<>+\-.]|[#:][A-Za-z0-9_]+|[A-Za-z_][A-Za-z0-9_]*|\d+|\S)/y;

/** The words of an expression, with DynamoDB's messages for those that do not belong there. */
export class TokenStream {
  readonly kind: ExpressionKind;
  readonly #placeholders: Placeholders;
  readonly #tokens: string[] = [];
  #index = 0;

  constructor(text: string, kind: ExpressionKind, placeholders: Placeholders) {
    this.kind = kind;
    this.#placeholders = placeholders;
    if (text.trim() === '') {
      throw validation(`Invalid ${kind}: The expression can not be empty;`);
    }
    token.lastIndex = 0;
    for (let match = token.exec(text); match !== null; match = token.exec(text)) {
      this.#tokens.push(match[1] ?? '');
    }
  }

  peek(ahead = 0): string | undefined {
    return this.#tokens[this.#index + ahead];
  }

  /** Keywords are the same in any case. */
  isNext(word: string): boolean {
    return this.peek()?.toUpperCase() === word;
  }

  accept(word: string): boolean {
    if (!this.isNext(word)) return false;
    this.#index += 1;
    return true;
  }

  expect(word: string): void {
    if (!this.accept(word)) this.fail();
  }

  next(): string {
    const found = this.peek();
    if (found === undefined) return this.fail();
    this.#index += 1;
    return found;
  }

  expectEnd(): void {
    if (this.peek() !== undefined) this.fail();
  }

  fail(): never {
    const found = this.peek() ?? '<EOF>';
    const near = this.#tokens.slice(Math.max(0, this.#index - 1), this.#index + 2).join(' ');
    throw validation(`Invalid ${this.kind}: Syntax error; token: "${found}", near: "${near}"`);
  }

  value() {
    const found = this.next();
    return this.#placeholders.value(found, this.kind);
  }

  path(): Path {
    const path: (string | number)[] = [this.#attribute()];
    for (;;) {
      if (this.accept('.')) path.push(this.#attribute());
      else if (this.accept('[')) path.push(this.#listIndex());
      else return path;
    }
  }

  #attribute(): string {
    const found = this.peek();
    if (found === undefined || !/^[#A-Za-z_]/.test(found)) return this.fail();
    this.#index += 1;
    if (found.startsWith('#')) return this.#placeholders.name(found, this.kind);
    if (isReservedWord(found)) {
      throw validation(
        `Invalid ${this.kind}: Attribute name is a reserved keyword; reserved keyword: ${found}`,
      );
    }
    return found;
  }

  #listIndex(): number {
    const found = this.peek();
    if (found === undefined || !/^\d+$/.test(found)) return this.fail();
    this.#index += 1;
    this.expect(']');
    return Number(found);
  }
}
