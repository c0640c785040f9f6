import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BuildOptions } from 'esbuild';
import { functions } from '../core/contract/functions.ts';

/** Where this package lies; the functions are in its folder `lambdas`. */
export const packageRoot = fileURLToPath(new URL('..', import.meta.url));

/** `.ts` in this repository; `.js` once the package is built. */
const extension = path.extname(import.meta.url);

const entries = Object.entries(functions).map(
  ([name, { entry }]) => [name, entry.replace(/\.ts$/, extension)] as const,
);

/** Some SDK dependencies are CommonJS and call `require`, which ESM does not have. */
const requireBanner =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/**
 * How the functions are bundled. The SDK is part of a bundle: its version is then the one that was
 * tested, not the one the runtime happens to have. Names are shortened: an error of the SDK or of
 * ours carries its name and its call in strings, and nothing goes by the name of a class.
 */
export const bundleOptions = {
  absWorkingDir: packageRoot,
  entryPoints: Object.fromEntries(entries),
  outdir: 'bundles',
  outExtension: { '.js': '.mjs' },
  write: false,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  mainFields: ['module', 'main'],
  minify: true,
  legalComments: 'none',
  banner: { js: requireBanner },
  alias: {
    '@aws-sdk/credential-provider-node': `./lambdas/shared/environment-credentials${extension}`,
  },
  logLevel: 'warning',
} as const satisfies BuildOptions;
