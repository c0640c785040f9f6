/** The part of a terminal's stream that is painted on. */
export interface Terminal {
  readonly columns?: number;
  write(text: string): unknown;
}

/** Lines at the bottom of a terminal that are painted over with each change. */
export class LiveLines {
  readonly #terminal: Terminal;
  #linesDrawn = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Paints over what was drawn before; as many lines as then. */
  draw(lines: readonly string[]): void {
    // A line that wraps would be two to go up over; some terminals say that they have 0 columns.
    const columnsMax = (this.#terminal.columns || 80) - 1;
    const text = lines.map((line) => `\u001b[2K${line.slice(0, columnsMax)}\n`).join('');
    this.#terminal.write(`${this.#up()}${text}`);
    this.#linesDrawn = lines.length;
  }

  /** Takes them away, so that something else can be printed in their place. */
  clear(): void {
    if (this.#linesDrawn > 0) this.#terminal.write(`${this.#up()}\u001b[J`);
    this.#linesDrawn = 0;
  }

  /** Lets them stand: what comes next is printed below. */
  keep(): void {
    this.#linesDrawn = 0;
  }

  #up(): string {
    return this.#linesDrawn === 0 ? '' : `\u001b[${this.#linesDrawn}A`;
  }
}

const BAR_WIDTH = 24;

/** `[######..................]` for a share between 0 and 1. */
export function bar(share: number): string {
  const filled = Math.round(share * BAR_WIDTH);
  return `[${'#'.repeat(filled)}${'.'.repeat(BAR_WIDTH - filled)}]`;
}
