import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { loadFleet } from '../cli/fleet-file.ts';
import { synthesize } from '../cli/start-sandbox.ts';
import { openRehearsal } from '../rehearsal/rehearsed-cloud.ts';

// `npm run bench:rehearse`: how many hours of a fleet's life one core rehearses in a minute.
const FLEET = 'examples/shop/fleet.yaml';
const HOURS = 2;
/** Budget of the design: simulated fleet-hours per minute on one core. */
const BUDGET = 1_000;

const assembly = mkdtempSync(path.join(os.tmpdir(), 'farshore-bench-'));
try {
  await synthesize(FLEET, assembly);
  const openedMs = performance.now();
  const cloud = await openRehearsal({ fleet: loadFleet(FLEET), assembly, seed: 1 });
  const readyMs = performance.now();
  let calls = 0;
  cloud.built.cloud.calls.onEnd(() => {
    calls += 1;
  });
  const usedBefore = process.cpuUsage();
  await cloud.driver.runFor(HOURS * 3_600_000);
  const { user, system } = process.cpuUsage(usedBefore);
  cloud.close();
  const cpuMinutes = (user + system) / 60e6;
  const speed = HOURS / cpuMinutes;
  const rate = Math.round(calls / (cpuMinutes * 60));
  process.stdout.write(
    `deployed and at rest in ${Math.round(readyMs - openedMs)} ms\n` +
      `${speed.toFixed(1)} fleet-hours a minute of one core (budget ${BUDGET})\n` +
      `${calls} API calls, ${rate} a second\n`,
  );
} finally {
  rmSync(assembly, { recursive: true, force: true });
}
