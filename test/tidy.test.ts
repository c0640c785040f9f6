import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';

/** What a folder may import besides itself. Read top-down: no arrow points up this list. */
const layers: Record<string, { readonly folders: readonly string[]; readonly packages: RegExp }> = {
  'core/contract': { folders: [], packages: /^(zod(\/mini)?|semver)$/ },
  core: { folders: ['core/contract'], packages: /^(zod\/mini|semver)$/ },
  registry: { folders: ['core'], packages: /^node:/ },
  aws: { folders: ['core', 'registry'], packages: /^(@aws-sdk\/|@smithy\/|node:)/ },
  lambdas: {
    folders: ['core', 'aws', 'registry'],
    packages: /^(@middy\/core|@aws-lambda-powertools\/|aws-lambda$|node:fs$)/,
  },
  lib: {
    folders: ['core/contract'],
    packages: /^(aws-cdk-lib(\/.*)?|constructs|esbuild|yaml|node:.*)$/,
  },
  sandbox: { folders: ['core', 'aws'], packages: /^(@aws-sdk\/|@smithy\/|dns-packet$|node:)/ },
  rehearsal: { folders: ['core', 'aws', 'lambdas', 'sandbox'], packages: /^(zod|node:.*)$/ },
  cli: {
    folders: ['core', 'aws', 'registry', 'sandbox', 'rehearsal'],
    packages: /^(commander|yaml|@aws-sdk\/client-sts|node:.*)$/,
  },
  bin: { folders: ['core/contract', 'lib', 'cli'], packages: /^(aws-cdk-lib|yaml|node:.*)$/ },
};

const banned: readonly (readonly [pattern: RegExp, where: RegExp, instead: string])[] = [
  [
    /\bDate\.now\(|new Date\(\)/,
    /^(core|aws|registry|lambdas|sandbox|rehearsal)\/(?!system-clock|real-time-driver|lambda-runtime\/)/,
    'the Clock that was passed in',
  ],
  [
    /\bMath\.random\(|randomUUID/,
    /^(core|aws|registry|lambdas|sandbox|rehearsal)\/(?!system-clock)/,
    'the Ids or Random that was passed in',
  ],
  [
    /\bprocess\.env\b/,
    /^(core|aws|registry|lib|sandbox)\/(?!lambda-runtime\/)/,
    'a parsed environment handed over',
  ],
  [
    /\bconsole\.\w+\(/,
    /^(core|aws|registry|lambdas|lib|sandbox|cli)\/(?!lambda-runtime\/)/,
    'the Logger or the Output',
  ],
  [/\bjest\.mock\(/, /./, 'the sandbox, which runs the real code'],
  [/\b(FIXME|TODO|XXX)\b/, /./, 'finished work'],
  [/eslint-disable|@ts-ignore|@ts-expect-error/, /./, 'code that needs no exception'],
  [
    /from 'zod'/,
    /^(core\/(?!contract\/)|aws|registry|lambdas|sandbox)/,
    "'zod/mini', which keeps the functions small",
  ],
];

const LINES_MAX = 300;
const LINES_MEDIAN_MAX = 100;
const COLUMNS_MAX = 100;

interface Source {
  readonly file: string;
  readonly text: string;
  readonly lines: readonly string[];
}

const sources = [
  'core',
  'registry',
  'aws',
  'lambdas',
  'lib',
  'sandbox',
  'rehearsal',
  'cli',
  'bin',
  'bench',
  'examples',
  'test',
]
  .filter((folder) => existsSync(folder))
  .flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => path.posix.join(folder, name.split(path.sep).join('/'))),
  )
  .map((file): Source => {
    const text = readFileSync(file, 'utf8');
    return { file, text, lines: text.trimEnd().split('\n') };
  });

const product = sources.filter(({ file }) => !/^(test|bench)\//.test(file));

function layerOf(file: string): string | undefined {
  return Object.keys(layers).find((folder) => file.startsWith(`${folder}/`));
}

test('every import follows the layer table', () => {
  const errors = product.flatMap(({ file, text }) => {
    const layer = layerOf(file);
    const rule = layer === undefined ? undefined : layers[layer];
    if (rule === undefined) return [];
    const imports = [...text.matchAll(/\b(?:from|import)\s*\(?\s*'([^']+)'/g)].map(
      ([, name]) => name ?? '',
    );
    return imports
      .filter((name) => {
        if (!name.startsWith('.')) return !rule.packages.test(name);
        const target = path.posix.join(path.posix.dirname(file), name);
        return ![layer, ...rule.folders].some((allowed) => target.startsWith(`${allowed ?? ''}/`));
      })
      .map((name) => `${file}: ${layer ?? ''}/ must not import ${name}`);
  });
  expect(errors).toEqual([]);
});

test('nothing banned is used', () => {
  const errors = sources
    .filter(({ file }) => file !== 'test/tidy.test.ts')
    .flatMap(({ file, lines }) =>
      lines.flatMap((line, index) =>
        banned
          .filter(([pattern, where]) => where.test(file) && pattern.test(line))
          .map(([pattern, , instead]) => `${file}:${index + 1}: ${pattern.source}: use ${instead}`),
      ),
    );
  expect(errors).toEqual([]);
});

test('files are short enough to see', () => {
  const errors = product
    .filter(({ lines }) => lines.length > LINES_MAX)
    .map(
      ({ file, lines }) => `${file}: ${lines.length} lines, at most ${LINES_MAX}: find the seam`,
    );
  expect(errors).toEqual([]);
  const sizes = product.map(({ lines }) => lines.length).sort((one, other) => one - other);
  expect(sizes[Math.floor(sizes.length / 2)]).toBeLessThanOrEqual(LINES_MEDIAN_MAX);
});

test('lines of the product fit in 100 columns', () => {
  const errors = product.flatMap(({ file, lines }) =>
    lines.flatMap((line, index) => (line.length > COLUMNS_MAX ? [`${file}:${index + 1}`] : [])),
  );
  expect(errors).toEqual([]);
});

test('file names are kebab-case and say what is inside', () => {
  const errors = sources
    .map(({ file }) => path.posix.basename(file))
    .filter(
      (name) =>
        !/^[a-z0-9]+(-[a-z0-9]+)*(\.test|\.bench)?\.ts$/.test(name) ||
        /^(utils?|helpers?|common|misc|index)\.ts$/.test(name),
    );
  expect(errors).toEqual([]);
});

test('features do not import one another', () => {
  const features = ['replication', 'rollout', 'scaling', 'failover'];
  const errors = product.flatMap(({ file, text }) => {
    const own = features.find((feature) => file.startsWith(`core/${feature}/`));
    if (own === undefined) return [];
    return features
      .filter((other) => other !== own && text.includes(`'../${other}/`))
      .map((other) => `${file}: ${own} must not import ${other}; share through core/ or an event`);
  });
  expect(errors).toEqual([]);
});
