import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Fleet } from '../core/contract/fleet.ts';
import { type LocalCloud, startLocalCloud } from '../sandbox/local-cloud.ts';
import { CommandError, exitCode } from './exit-code.ts';
import { loadFleet } from './fleet-file.ts';
import type { Output } from './output.ts';

export interface SandboxOptions {
  readonly fleetFile: string;
  /** World seconds per real second. */
  readonly speed: number;
  readonly gatewayPort?: number;
  readonly dnsPort?: number;
}

/** Synthesizes the CDK app of this package for a fleet and deploys it to a new local cloud. */
export async function startSandbox(
  options: SandboxOptions,
  output: Output,
): Promise<{ readonly fleet: Fleet; readonly cloud: LocalCloud }> {
  const fleet = loadFleet(options.fleetFile);
  const assembly = mkdtempSync(path.join(os.tmpdir(), 'farshore-'));
  try {
    output.note('Synthesizing the CDK app ...');
    await synthesize(options.fleetFile, assembly);
    output.note('Deploying it to the local cloud ...');
    const cloud = await startLocalCloud({
      fleet,
      assembly,
      speed: options.speed,
      startMs: Date.now(),
      seed: 1,
      gatewayPort: options.gatewayPort ?? 0,
      dnsPort: options.dnsPort ?? 0,
    });
    const stop = async (): Promise<void> => {
      await cloud.stop();
      rmSync(assembly, { recursive: true, force: true });
    };
    return { fleet, cloud: { ...cloud, stop } };
  } catch (error) {
    rmSync(assembly, { recursive: true, force: true });
    throw error;
  }
}

/** Runs `bin/app.ts` as `cdk synth` does, without the CDK command line around it. */
export async function synthesize(fleetFile: string, outdir: string): Promise<void> {
  const app = fileURLToPath(new URL(`../bin/app.${extension}`, import.meta.url));
  const child = spawn(process.execPath, [app], {
    env: {
      ...process.env,
      CDK_OUTDIR: outdir,
      // `cdk synth` validates templates; the local cloud refuses what it does not know by itself.
      CDK_VALIDATION: 'false',
      CDK_CONTEXT_JSON: JSON.stringify({ ...cdkContext(), fleet: path.resolve(fleetFile) }),
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let problems = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (problems += chunk));
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve);
  });
  if (status !== 0) throw new CommandError(exitCode.usage, `Synthesis failed.\n${problems}`);
}

/** The context of cdk.json with its feature flags: the templates are those of `cdk deploy`. */
function cdkContext(): Readonly<Record<string, unknown>> {
  const file = new URL('../cdk.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly context: Record<string, unknown> })
    .context;
}

const extension = path.extname(import.meta.url).slice(1);
