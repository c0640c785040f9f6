import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { sandboxTarget } from '../../cli/reach-target.ts';
import type { Target } from '../../cli/target.ts';
import { createOutput } from '../../cli/output.ts';
import { loadFleet } from '../../cli/fleet-file.ts';
import { synthesize } from '../../cli/start-sandbox.ts';
import { type LocalCloud, startLocalCloud } from '../../sandbox/local-cloud.ts';
import { pushImage, sampleImage } from '../../sandbox/sample-image.ts';

/** World seconds per real second: fast, and slow enough for two cores. */
const SPEED = 40;
const POLL_MS = 100;

/** A local cloud under test with the real functions, and what a test asks of it. */
export interface FlowCloud {
  readonly cloud: LocalCloud;
  readonly target: Target;
  /** Options for an SDK client of a test: endpoint and dummy keys. */
  readonly client: {
    readonly endpoint: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  /** Pushes an image to the home registry; returns its digest. */
  push(repository: string, tag: string, options?: { readonly crashes?: boolean }): Promise<string>;
  /** Asks until there is an answer; fails with what was waited for and the newest problems. */
  until<Answer>(what: string, ask: () => Promise<Answer | undefined>): Promise<Answer>;
  stop(): Promise<void>;
}

/** Longest real time that a flow may need for one thing, in ms. */
const PATIENCE_MS = 120_000;

/** Synthesizes the example fleet, lets a test edit the assembly, and starts a local cloud of it. */
export async function startFlow(
  edit: (assembly: string) => void = () => undefined,
): Promise<FlowCloud> {
  const fleetFile = path.resolve('examples/shop/fleet.yaml');
  const assembly = mkdtempSync(path.join(os.tmpdir(), 'farshore-flow-'));
  await synthesize(fleetFile, assembly);
  edit(assembly);
  const fleet = loadFleet(fleetFile);
  const cloud = await startLocalCloud({
    fleet,
    assembly,
    speed: SPEED,
    startMs: Date.UTC(2026, 10, 20, 12),
    seed: 1,
    gatewayPort: 0,
    dnsPort: 0,
  });
  const output = createOutput({ isJson: true, out: process.stdout, err: process.stderr });
  const target = sandboxTarget(fleet, () => cloud.status(), output);
  return {
    cloud,
    target,
    client: {
      endpoint: cloud.status().gateway,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    },
    push: async (repository, tag, options = {}) => {
      const home = cloud.status().regions['us-east-1']?.registry ?? '';
      const image = sampleImage({ version: tag, ...options });
      const to = { registry: `http://${home}`, credentials: 'AWS:any', repository, tag };
      return pushImage({ ...to, image });
    },
    until: async (what, ask) => {
      const deadlineMs = Date.now() + PATIENCE_MS;
      for (;;) {
        const answer = await ask();
        if (answer !== undefined) return answer;
        if (Date.now() > deadlineMs) {
          const problems = cloud.recentProblems().slice(-5).join('\n');
          throw new Error(`Waited in vain for ${what}.\n${problems}`);
        }
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
    },
    stop: async () => {
      await cloud.stop();
      rmSync(assembly, { recursive: true, force: true });
    },
  };
}
