import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { loadFleet } from '../../cli/fleet-file.ts';
import { synthesize } from '../../cli/start-sandbox.ts';

const file = 'examples/shop/fleet.yaml';

export const shop = loadFleet(file);

let made: Promise<string> | undefined;

/** The shop's cloud assembly, synthesized once for each test file. */
export function shopAssembly(): Promise<string> {
  made ??= (async () => {
    const directory = mkdtempSync(path.join(os.tmpdir(), 'farshore-test-'));
    await synthesize(file, directory);
    return directory;
  })();
  return made;
}
