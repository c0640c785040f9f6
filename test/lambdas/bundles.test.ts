import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { type FunctionName, functions } from '../../core/contract/functions.ts';
import { shopFleet } from '../aws/shop-fleet.ts';
import { functionEnvironment } from './function-environment.ts';

/** A function's code after gzip, as Lambda loads it. */
const GZIP_BYTES_MAX = 350 * 1_024;

const root = fileURLToPath(new URL('../..', import.meta.url));
const names = Object.keys(functions) as FunctionName[];
const directory = mkdtempSync(path.join(tmpdir(), 'farshore-bundles-'));

const bundles = new Map<FunctionName, { readonly bytes: Uint8Array; readonly inputs: string[] }>();

beforeAll(async () => {
  writeFileSync(path.join(directory, 'fleet.json'), JSON.stringify(shopFleet));
  for (const name of names) {
    const outfile = path.join(directory, `${name}.mjs`);
    const { outputFiles, metafile } = await build({
      absWorkingDir: root,
      entryPoints: [functions[name].entry],
      outfile,
      write: false,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node24',
      mainFields: ['module', 'main'],
      minify: true,
      metafile: true,
    });
    const bytes = outputFiles[0]?.contents ?? new Uint8Array();
    writeFileSync(outfile, bytes);
    const [output] = Object.values(metafile.outputs);
    const inputs = Object.entries(output?.inputs ?? {}).filter(
      ([, each]) => each.bytesInOutput > 0,
    );
    bundles.set(name, { bytes, inputs: inputs.map(([input]) => input) });
  }
}, 60_000);

afterAll(() => {
  rmSync(directory, { recursive: true });
});

describe.each(names)('%s', (name) => {
  test('is small', () => {
    const { bytes } = bundles.get(name) ?? { bytes: new Uint8Array(GZIP_BYTES_MAX) };
    expect(gzipSync(bytes).byteLength).toBeLessThanOrEqual(GZIP_BYTES_MAX);
  });

  test('carries neither the fleet parser nor the whole of zod', () => {
    const inputs = bundles.get(name)?.inputs ?? ['nothing was bundled'];
    expect(inputs.filter((input) => /zod\/v4\/classic|contract\/fleet/.test(input))).toEqual([]);
  });

  test('starts with what the stack gives it', () => {
    const script = `import('./${name}.mjs').then(({ handler }) => console.log(typeof handler))`;
    const options = { cwd: directory, env: functionEnvironment, encoding: 'utf8' } as const;
    expect(execFileSync(process.execPath, ['-e', script], options).trim()).toBe('function');
  });
});
