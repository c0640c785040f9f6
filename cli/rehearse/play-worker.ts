import { parentPort } from 'node:worker_threads';
import { type Play, playScenario } from '../../rehearsal/play-scenario.ts';
import { operate } from './operate.ts';
import type { PlayAnswer } from './play-in-parallel.ts';

// A world in trouble throws thousands of errors whose stack nobody reads.
Error.stackTraceLimit = 0;

// Plays one scenario after the other, as they come.
parentPort?.on('message', (play: Play) => {
  void answer(play).then((found) => {
    parentPort?.postMessage(found);
  });
});

async function answer(play: Play): Promise<PlayAnswer> {
  try {
    return { performance: await playScenario(play, operate) };
  } catch (error) {
    const problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { problem: `The world failed with seed ${play.seed}: ${problem}` };
  }
}
