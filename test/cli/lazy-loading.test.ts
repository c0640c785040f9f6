import { readdirSync } from 'node:fs';
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

const commands = readdirSync(`${root}cli/commands`).map((name) => `cli/commands/${name}`);

test('a command loads nothing of the others', async () => {
  const loaded = await loadedWith('cli/main.ts');
  expect(loaded.filter((each) => each.startsWith('cli/commands/'))).toEqual([]);
});

test.each(commands)('%s needs neither the SDK nor the local cloud to start', async (file) => {
  const loaded = await loadedWith(file);
  expect(
    loaded.filter((each) => /^(@aws-sdk|@smithy|aws-cdk-lib|aws\/|sandbox\/)/.test(each)),
  ).toEqual([]);
});

test.each(commands)('%s parses the fleet file only once it is asked to', async (file) => {
  const loaded = await loadedWith(file);
  expect(loaded.filter((each) => each === 'yaml' || each === 'cli/fleet-file.ts')).toEqual([]);
});
