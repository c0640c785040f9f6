import { readFileSync } from 'node:fs';
import type { Fleet } from '../../core/contract/fleet.ts';

/**
 * The fleet that was parsed when the stack was synthesized and travels beside the bundle. It is
 * trusted here: the full parser would be larger than the function.
 */
export function readFleet(): Fleet {
  return JSON.parse(readFileSync(new URL('./fleet.json', import.meta.url), 'utf8')) as Fleet;
}
