import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { type FunctionName, functions } from '../../core/contract/functions.ts';
import { bundleOptions } from '../../lib/bundle-options.ts';
import { shopFleet } from '../aws/shop-fleet.ts';
import { functionEnvironment } from './function-environment.ts';

/** A function's code after gzip, as Lambda loads it, in bytes. */
const GZIP_BYTES_MAX = 150_000;

/** It copies, keeps ECR's rules, and deletes only after it asked ECS what runs. */
const GZIP_BYTES_MAX_REPLICATION = 170_000;

/** The SDK gives up whole the schemas of S3 and Lambda, which only a failover calls. */
const GZIP_BYTES_MAX_FAILOVER = 215_000;

/** Clients of the journal, of notices and of wakes, which every function has. */
const control = ['dynamodb', 'sns', 'sqs'];

/** The services each function calls besides. */
const clients: Record<FunctionName, readonly string[]> = {
  'replicate-image': ['ecr', 'ecs', 'eventbridge'],
  'roll-out-image': ['ecr', 'ecs', 'elastic-load-balancing-v2'],
  'scale-service': ['cloudwatch', 'ecs', 'elastic-load-balancing-v2'],
  'fail-over-region': ['cloudwatch', 'ecr', 'ecs', 'elastic-load-balancing-v2', 'lambda', 's3'],
  'probe-regions': ['cloudwatch'],
  sweep: [],
};

const bytesMax: Partial<Record<FunctionName, number>> = {
  'replicate-image': GZIP_BYTES_MAX_REPLICATION,
  'fail-over-region': GZIP_BYTES_MAX_FAILOVER,
};

const names = Object.keys(functions) as FunctionName[];
const directory = mkdtempSync(path.join(tmpdir(), 'farshore-bundles-'));

const bundles = new Map<string, { readonly bytes: Uint8Array; readonly inputs: string[] }>();

beforeAll(async () => {
  writeFileSync(path.join(directory, 'fleet.json'), JSON.stringify(shopFleet));
  const { outputFiles, metafile } = await build({ ...bundleOptions, metafile: true });
  for (const { path: file, contents } of outputFiles) {
    const output = path.basename(file);
    writeFileSync(path.join(directory, output), contents);
    const inputs = Object.entries(metafile.outputs[`bundles/${output}`]?.inputs ?? {})
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([input]) => input);
    bundles.set(path.basename(output, '.mjs'), { bytes: contents, inputs });
  }
}, 60_000);

afterAll(() => {
  rmSync(directory, { recursive: true });
});

describe.each(names)('%s', (name) => {
  const inputsOf = () => bundles.get(name)?.inputs ?? ['nothing was bundled'];

  test('is small', () => {
    const { bytes } = bundles.get(name) ?? { bytes: new Uint8Array() };
    const max = bytesMax[name] ?? GZIP_BYTES_MAX;
    expect(gzipSync(bytes).byteLength).toBeLessThanOrEqual(max);
  });

  test('carries the SDK clients that it calls and no other', () => {
    const found = inputsOf().flatMap((input) => /@aws-sdk\/client-([^/]+)/.exec(input)?.[1] ?? []);
    expect([...new Set(found)].sort()).toEqual([...control, ...clients[name]].sort());
  });

  test('carries no way to log in besides the environment', () => {
    const providers = inputsOf().filter((input) =>
      /credential-provider|environment-credentials/.test(input),
    );
    expect(providers).toEqual(['lambdas/shared/environment-credentials.ts']);
  });

  test('carries neither the fleet parser nor the whole of zod', () => {
    expect(inputsOf().filter((input) => /zod\/v4\/classic|contract\/fleet/.test(input))).toEqual(
      [],
    );
  });

  test('starts with what the stack gives it', () => {
    const script = `import('./${name}.mjs').then(({ handler }) => console.log(typeof handler))`;
    const options = { cwd: directory, env: functionEnvironment, encoding: 'utf8' } as const;
    expect(execFileSync(process.execPath, ['-e', script], options).trim()).toBe('function');
  });
});
