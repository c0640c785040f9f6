import type { Writable } from 'node:stream';

/** Where a command writes: data to `out`, everything a person reads besides to `err`. */
export interface Output {
  readonly isJson: boolean;
  /** One JSON object with `--json`, otherwise the text. */
  data(value: object, text: string): void;
  note(text: string): void;
}

/** Version of the shape of every `--json` answer; grows when a field changes its meaning. */
const SCHEMA_VERSION = 1;

export function createOutput(options: {
  readonly isJson: boolean;
  readonly out: Writable;
  readonly err: Writable;
}): Output {
  const { isJson, out, err } = options;
  return {
    isJson,
    data: (value, text) => {
      const line = isJson ? JSON.stringify({ schemaVersion: SCHEMA_VERSION, ...value }) : text;
      if (line !== '') out.write(`${line}\n`);
    },
    note: (text) => {
      err.write(`${text}\n`);
    },
  };
}

/** Columns padded to their widest cell, two spaces apart, no trailing spaces. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    });
  }
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
