import { readFileSync } from 'node:fs';
import { parse, YAMLParseError } from 'yaml';
import type { Fleet } from '../core/contract/fleet.ts';
import { parseFleet } from '../core/contract/parse-fleet.ts';

/** A fleet file that cannot be used; the message lists every problem and what to do about it. */
export class FleetFileError extends Error {
  override readonly name = 'FleetFileError';
}

/**
 * Reads a fleet file for a synthesis.
 * @throws FleetFileError
 */
export function readFleet(path: string): Fleet {
  const parsed = parseFleet(parseYaml(path, readText(path)));
  if (parsed.ok) return parsed.fleet;
  const problems = parsed.problems.map(
    ({ path: field, message, remedy }) => `  ${field.join('.')}: ${message}\n    ${remedy}`,
  );
  throw new FleetFileError(`The fleet file ${path} cannot be used:\n${problems.join('\n')}`);
}

function parseYaml(path: string, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    throw new FleetFileError(`The fleet file ${path} is not YAML: ${error.message}`, {
      cause: error,
    });
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FleetFileError(
      `The fleet file ${path} cannot be read (${reason}); name another with -c fleet=PATH.`,
      { cause: error },
    );
  }
}
