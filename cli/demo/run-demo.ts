import { messageOf } from '../../core/errors.ts';
import { openScene } from './demo-scene.ts';
import {
  checkFailback,
  checkFailover,
  checkReplication,
  checkRollout,
  checkScaling,
  push,
} from './demo-steps.ts';
import { Timeline } from './timeline.ts';
import { CommandError, exitCode } from '../exit-code.ts';
import { fleetPath } from '../fleet-file.ts';
import type { Output } from '../output.ts';
import { startSandbox } from '../start-sandbox.ts';
import { sandboxTarget } from '../reach-target.ts';

/** World seconds per real second in the demo: fast, and slow enough for two busy cores. */
const DEMO_SPEED = 20;

/** A demo that fails shows this many of the newest problems, each at most this long. */
const PROBLEMS_MAX = 5;
const PROBLEM_LENGTH_MAX = 300;

/** Takes one image through the whole job, and ends the command where a step does not hold. */
export async function runDemo(named: string, output: Output): Promise<void> {
  const startedMs = performance.now();
  const sandbox = await startSandbox({ fleetFile: fleetPath(named), speed: DEMO_SPEED }, output);
  const timeline = new Timeline(output, () => sandbox.cloud.status().nowMs);
  try {
    const scene = openScene(
      sandbox.cloud,
      sandboxTarget(sandbox.fleet, () => sandbox.cloud.status(), output),
      timeline,
    );
    let digest = '';
    await timeline.step('An image is pushed to the home region', async () => {
      digest = await push(scene);
    });
    await timeline.step('It reaches every region that runs it', () =>
      checkReplication(scene, digest),
    );
    await timeline.step('It rolls out, the standby region first', () =>
      checkRollout(scene, digest),
    );
    await timeline.step('Load comes and the service scales', () => checkScaling(scene));
    await timeline.step('The active region fails', () => checkFailover(scene));
    await timeline.step('It heals, and a person fails back', () => checkFailback(scene));
  } catch (error) {
    for (const line of sandbox.cloud.recentProblems().slice(-PROBLEMS_MAX)) {
      output.note(line.slice(0, PROBLEM_LENGTH_MAX));
    }
    output.data({ ok: false, steps: timeline.steps, problem: messageOf(error) }, '');
    throw new CommandError(exitCode.failed, messageOf(error), { cause: error });
  } finally {
    await sandbox.cloud.stop();
  }
  const seconds = Math.round((performance.now() - startedMs) / 1_000);
  output.data(
    { ok: true, seconds, steps: timeline.steps },
    `\nEvery step held, in ${seconds} seconds. Nothing is left running.`,
  );
}
