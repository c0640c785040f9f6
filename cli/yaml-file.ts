import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isNode, LineCounter, parseDocument } from 'yaml';
import type { FleetProblem } from '../core/contract/fleet-problem.ts';
import { CommandError, exitCode } from './exit-code.ts';

/** A fault of a file, with the line to look at. */
export interface FileFault {
  readonly line: number;
  readonly path: string;
  readonly message: string;
  readonly remedy: string;
}

export type YamlReading =
  | {
      readonly ok: true;
      readonly value: unknown;
      /** Puts the line to each problem. */
      readonly locate: (problems: readonly FleetProblem[]) => readonly FileFault[];
    }
  | { readonly ok: false; readonly faults: readonly FileFault[] };

/** Reads a YAML file, so that what is wrong in it can be told with its line. */
export function readYaml(file: string, what: string): YamlReading {
  const lines = new LineCounter();
  const document = parseDocument(readText(file, what), { lineCounter: lines, uniqueKeys: true });
  if (document.errors.length > 0) {
    const faults = document.errors.map((error) => ({
      line: error.linePos?.[0].line ?? 1,
      path: '',
      message: error.message.split('\n', 1)[0] ?? error.message,
      remedy: 'Mend the YAML: check indentation, quotes and brackets on this line.',
    }));
    return { ok: false, faults };
  }
  const lineOf = (field: readonly (string | number)[]): number => {
    for (let depth = field.length; depth >= 0; depth -= 1) {
      const found = keyOrNode(document, field.slice(0, depth));
      if (found !== undefined) return lines.linePos(found).line;
    }
    return 1;
  };
  const locate = (problems: readonly FleetProblem[]): readonly FileFault[] =>
    problems.map((problem) => ({
      line: lineOf(problem.path),
      path: problem.path.join('.'),
      message: problem.message,
      remedy: problem.remedy,
    }));
  return { ok: true, value: document.toJS(), locate };
}

/** Faults as a compiler would print them. */
export function describeFaults(file: string, faults: readonly FileFault[]): string {
  return faults
    .map(({ line, path: field, message, remedy }) => {
      const where = field === '' ? '' : ` ${field}:`;
      return `${file}:${line}:${where} ${message}\n  ${remedy}`;
    })
    .join('\n');
}

/** Offset of the key that a path ends in, or of its value for items of a list. */
function keyOrNode(
  document: ReturnType<typeof parseDocument>,
  field: readonly (string | number)[],
): number | undefined {
  const last = field.at(-1);
  const parent: unknown = field.length === 0 ? undefined : document.getIn(field.slice(0, -1), true);
  const items = (parent as { readonly items?: readonly { readonly key?: unknown }[] } | undefined)
    ?.items;
  const pair = items?.find(({ key }) => isNode(key) && String(key) === String(last));
  if (pair !== undefined && isNode(pair.key)) return pair.key.range?.[0];
  const node: unknown = document.getIn(field, true);
  return isNode(node) ? node.range?.[0] : undefined;
}

function readText(file: string, what: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const where = path.resolve(file);
    throw new CommandError(exitCode.usage, `Cannot read the ${what} ${where}: ${reason}`, {
      cause: error,
    });
  }
}
