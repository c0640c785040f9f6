import os from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Performance, Play } from '../../rehearsal/play-scenario.ts';

/** A rehearsal is one thread's work; more threads than this only take memory. */
const WORKERS_MAX = 8;

/** Plays scenarios beside each other, each in a world of its own; results come in their order. */
export async function playInParallel(
  plays: readonly Play[],
  onDone: (performance: Performance, index: number) => void,
): Promise<void> {
  const results = new Map<number, Performance>();
  let next = 0;
  let told = 0;
  const tell = (index: number, performance: Performance): void => {
    results.set(index, performance);
    for (let ready = results.get(told); ready !== undefined; ready = results.get(told)) {
      onDone(ready, told);
      results.delete(told);
      told += 1;
    }
  };
  const work = async (): Promise<void> => {
    const worker = new Worker(new URL(`./play-worker.${extension}`, import.meta.url));
    try {
      for (let index = next++; index < plays.length; index = next++) {
        tell(index, await playIn(worker, plays[index]));
      }
    } finally {
      await worker.terminate();
    }
  };
  const count = Math.min(os.availableParallelism(), WORKERS_MAX, plays.length);
  await Promise.all(Array.from({ length: count }, work));
}

function playIn(worker: Worker, play: Play | undefined): Promise<Performance> {
  return new Promise((resolve, reject) => {
    worker.removeAllListeners();
    worker.once('message', (answer: PlayAnswer) => {
      if ('performance' in answer) resolve(answer.performance);
      else reject(new Error(answer.problem));
    });
    worker.once('error', reject);
    worker.postMessage(play);
  });
}

/** What a worker says when a scenario has ended. */
export type PlayAnswer = { readonly performance: Performance } | { readonly problem: string };

const extension = path.extname(import.meta.url).slice(1);
