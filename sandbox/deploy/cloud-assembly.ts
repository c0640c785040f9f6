import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Template } from './template.ts';

/** One stack of a cloud assembly. */
export interface AssemblyStack {
  readonly name: string;
  readonly region: string;
  readonly template: Template;
  /** Where the content of an asset lies, by its object key in the assets bucket. */
  readonly assets: ReadonlyMap<string, string>;
}

interface Manifest {
  readonly artifacts: Readonly<Record<string, Artifact>>;
}

interface Artifact {
  readonly type: string;
  readonly environment?: string;
  readonly dependencies?: readonly string[];
  readonly properties?: {
    readonly templateFile?: string;
    readonly stackName?: string;
    readonly file?: string;
  };
}

interface AssetManifest {
  readonly files?: Readonly<
    Record<
      string,
      {
        readonly source: { readonly path?: string };
        readonly destinations: Readonly<Record<string, { readonly objectKey: string }>>;
      }
    >
  >;
}

/** Reads what `cdk synth` wrote: its stacks, each after the stacks it depends on. */
export function readCloudAssembly(directory: string): readonly AssemblyStack[] {
  const file = path.join(directory, 'manifest.json');
  if (!existsSync(file)) {
    throw new Error(`${directory} holds no cloud assembly; run \`npx cdk synth -q\` first.`);
  }
  const { artifacts } = readJson(file) as Manifest;
  const ordered = new Set<string>();
  const visit = (id: string): void => {
    if (ordered.has(id)) return;
    for (const needed of artifacts[id]?.dependencies ?? []) visit(needed);
    ordered.add(id);
  };
  for (const id of Object.keys(artifacts)) visit(id);
  return [...ordered].flatMap((id) => {
    const artifact = artifacts[id];
    if (artifact?.type !== 'aws:cloudformation:stack') return [];
    return [readStack(directory, id, { artifact, artifacts })];
  });
}

function readStack(
  directory: string,
  id: string,
  {
    artifact,
    artifacts,
  }: { readonly artifact: Artifact; readonly artifacts: Manifest['artifacts'] },
): AssemblyStack {
  const { templateFile = '', stackName = id } = artifact.properties ?? {};
  const region = artifact.environment?.split('/').at(-1);
  if (region === undefined || region === 'unknown-region') {
    throw new Error(`The stack ${stackName} names no region; give it one with env.region.`);
  }
  const assets = (artifact.dependencies ?? []).flatMap((needed) => {
    const { type, properties } = artifacts[needed] ?? {};
    if (type !== 'cdk:asset-manifest' || properties?.file === undefined) return [];
    return readAssets(directory, properties.file);
  });
  const template = readJson(path.join(directory, templateFile)) as Template;
  return { name: stackName, region, template, assets: new Map(assets) };
}

function readAssets(directory: string, file: string): readonly (readonly [string, string])[] {
  const { files = {} } = readJson(path.join(directory, file)) as AssetManifest;
  return Object.values(files).flatMap(({ source, destinations }) =>
    Object.values(destinations).map(
      ({ objectKey }) => [objectKey, path.resolve(directory, source.path ?? '')] as const,
    ),
  );
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}
