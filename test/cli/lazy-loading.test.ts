import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Everything that is loaded with a file, before any of its code runs. */
async function loadedWith(file: string): Promise<readonly string[]> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [file],
    write: false,
    bundle: true,
    splitting: true,
    outdir: 'nowhere',
    platform: 'node',
    format: 'esm',
    packages: 'external',
    metafile: true,
  });
  const loaded = new Set([file]);
  for (const each of loaded) {
    for (const { path, kind } of metafile.inputs[each]?.imports ?? []) {
      if (kind === 'import-statement') loaded.add(path);
    }
  }
  return [...loaded];
}

test('a command that needs no cloud loads neither the SDK nor the local cloud', async () => {
  const loaded = await loadedWith('cli/main.ts');
  expect(loaded).toContain('cli/commands/fleet.ts');
  expect(
    loaded.filter((each) => /^(@aws-sdk|@smithy|aws-cdk-lib|aws\/|sandbox\/)/.test(each)),
  ).toEqual([]);
});

test('the fleet file is parsed only by commands that read it', async () => {
  const loaded = await loadedWith('cli/main.ts');
  expect(loaded.filter((each) => each === 'yaml' || each === 'cli/fleet-file.ts')).toEqual([]);
});
