import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';
import type { Fleet } from '../core/contract/fleet.ts';
import type { FunctionName } from '../core/contract/functions.ts';
import { bundleOptions, packageRoot } from './bundle-options.ts';

/** Bundles depend on nothing but the sources: one build serves all stacks of a synth. */
let built: ReadonlyMap<string, Uint8Array> | undefined;

/**
 * Code of one function: its bundle, and the parsed fleet beside it as `fleet.json`. The CDK skips
 * the bundling where it needs no assets, such as `cdk list` and `cdk destroy`.
 */
export function functionCode(name: FunctionName, fleet: Fleet): Code {
  const write = (directory: string): void => {
    writeFileSync(path.join(directory, 'index.mjs'), bundleOf(name));
    writeFileSync(path.join(directory, 'fleet.json'), JSON.stringify(fleet));
  };
  return Code.fromAsset(path.join(packageRoot, 'lambdas'), {
    assetHashType: AssetHashType.CUSTOM,
    assetHash: hashOf(name, fleet),
    bundling: {
      image: DockerImage.fromRegistry('never-used'),
      local: {
        tryBundle: (directory) => {
          write(directory);
          return true;
        },
      },
    },
  });
}

function hashOf(name: FunctionName, fleet: Fleet): string {
  return createHash('sha256').update(bundleOf(name)).update(JSON.stringify(fleet)).digest('hex');
}

function bundleOf(name: FunctionName): Uint8Array {
  built ??= bundleAll();
  const bundle = built.get(name);
  if (bundle === undefined) throw new Error(`esbuild made no bundle for the function ${name}`);
  return bundle;
}

function bundleAll(): ReadonlyMap<string, Uint8Array> {
  const { outputFiles } = buildSync(bundleOptions);
  return new Map(
    outputFiles.map((file) => [path.basename(file.path, '.mjs'), file.contents] as const),
  );
}
