import { ServiceError } from '../../service-model.ts';

/** A value per period; undefined where there is none. */
export type Values = readonly (number | undefined)[];
type Expression = (series: ReadonlyMap<string, Values>) => Values;
type ListExpression = (series: ReadonlyMap<string, Values>) => readonly Values[];

/**
 * Compiles the small part of CloudWatch's metric math that is implemented: `+ - * /`, numbers,
 * ids, FILL(id, number), and SUM, AVG, MIN, MAX over METRICS() or a list such as [m1, m2].
 * @throws ServiceError ValidationError for anything else
 */
export function compileExpression(text: string): Expression {
  const tokens = text.match(/\d+(?:\.\d+)?|[A-Za-z_]\w*|[^\s\w]/g) ?? [];
  const parser = new Parser(text, tokens);
  return parser.parse();
}

type Operator = (left: number, right: number) => number | undefined;

const sums: Readonly<Record<string, Operator>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
};

const products: Readonly<Record<string, Operator>> = {
  '*': (left, right) => left * right,
  '/': (left, right) => (right === 0 ? undefined : left / right),
};

const folds: Readonly<Record<string, (values: readonly number[]) => number>> = {
  SUM: (values) => values.reduce((sum, value) => sum + value, 0),
  AVG: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  MIN: (values) => Math.min(...values),
  MAX: (values) => Math.max(...values),
};

/** Recursive descent; what it does not know it refuses with the text and the place. */
class Parser {
  readonly #text: string;
  readonly #tokens: readonly string[];
  #place = 0;

  constructor(text: string, tokens: readonly string[]) {
    this.#text = text;
    this.#tokens = tokens;
  }

  parse(): Expression {
    const expression = this.#chain(sums, () => this.#chain(products, () => this.#factor()));
    if (this.#place < this.#tokens.length) throw this.#refuse();
    return expression;
  }

  #chain(operators: Readonly<Record<string, Operator>>, next: () => Expression): Expression {
    let left = next();
    for (;;) {
      const operator = operators[this.#tokens[this.#place] ?? ''];
      if (operator === undefined) return left;
      this.#place += 1;
      const [first, second] = [left, next()];
      left = (series) => combine(first(series), second(series), operator);
    }
  }

  #factor(): Expression {
    const token = this.#take();
    if (token === '(') {
      const inner = this.#chain(sums, () => this.#chain(products, () => this.#factor()));
      this.#expect(')');
      return inner;
    }
    if (/^\d/.test(token)) return constant(Number(token));
    if (token === 'FILL') return this.#fill();
    const fold = folds[token];
    if (fold !== undefined) return this.#fold(fold);
    if (!/^[a-z]\w*$/.test(token)) throw this.#refuse();
    return (series) => {
      const values = series.get(token);
      if (values === undefined) throw this.#refuse(`it has no metric ${token}`);
      return values;
    };
  }

  #fill(): Expression {
    this.#expect('(');
    const inner = this.#factor();
    this.#expect(',');
    const filling = Number(this.#take());
    if (Number.isNaN(filling)) throw this.#refuse();
    this.#expect(')');
    return (series) => inner(series).map((value) => value ?? filling);
  }

  #fold(fold: (values: readonly number[]) => number): Expression {
    this.#expect('(');
    const list = this.#list();
    this.#expect(')');
    return (series) => {
      const all = list(series);
      const length = Math.max(0, ...all.map((values) => values.length));
      return Array.from({ length }, (_, slot) => {
        const present = all.flatMap((values) => values[slot] ?? []);
        return present.length === 0 ? undefined : fold(present);
      });
    };
  }

  #list(): ListExpression {
    const token = this.#take();
    if (token === 'METRICS') {
      this.#expect('(');
      this.#expect(')');
      return (series) => [...series.values()];
    }
    if (token !== '[') throw this.#refuse();
    const members: Expression[] = [];
    do {
      members.push(this.#factor());
    } while (this.#skip(','));
    this.#expect(']');
    return (series) => members.map((member) => member(series));
  }

  #take(): string {
    const token = this.#tokens[this.#place];
    if (token === undefined) throw this.#refuse();
    this.#place += 1;
    return token;
  }

  #skip(token: string): boolean {
    if (this.#tokens[this.#place] !== token) return false;
    this.#place += 1;
    return true;
  }

  #expect(token: string): void {
    if (!this.#skip(token)) throw this.#refuse();
  }

  #refuse(why = `not at "${this.#tokens[this.#place] ?? 'its end'}"`): ServiceError {
    return new ServiceError(
      'ValidationError',
      `The local cloud does not implement the metric expression ${this.#text}: ${why}.`,
    );
  }
}

function constant(value: number): Expression {
  return (series) => {
    const [first = []] = series.values();
    return first.map(() => value);
  };
}

function combine(left: Values, right: Values, operator: Operator): Values {
  return left.map((value, slot) => {
    const other = right[slot];
    return value === undefined || other === undefined ? undefined : operator(value, other);
  });
}
