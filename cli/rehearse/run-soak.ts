import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';
import type { Performance, Play } from '../../rehearsal/play-scenario.ts';
import { printVerdicts } from '../../rehearsal/print-performance.ts';
import { randomScenario } from '../../rehearsal/random-scenario.ts';
import { modeOf, type SoakMode } from '../../rehearsal/soak-modes.ts';
import { shrinkScenario } from '../../rehearsal/shrink-scenario.ts';
import { writableScenario } from '../../rehearsal/write-scenario.ts';
import { CommandError, exitCode } from '../exit-code.ts';
import { fleetPath, loadFleet } from '../fleet-file.ts';
import type { Output } from '../output.ts';
import { playInParallel } from './play-in-parallel.ts';
import { ScenarioFiles } from './scenario-file.ts';

export interface SoakOptions {
  readonly soak: number;
  readonly fleet?: string;
  readonly seed?: number;
  readonly minutes?: number;
  /** Both, in turns that the seed chooses, when left out. */
  readonly mode?: SoakMode;
}

/** Random scenarios that are told about while a soak goes on. */
const PROGRESS_EACH = 50;

/** Plays random scenarios until one breaks; ends the command with 1 and the smallest form of it. */
export async function runSoak(options: SoakOptions, output: Output): Promise<void> {
  const files = new ScenarioFiles();
  try {
    const fleetFile = path.resolve(fleetPath(options.fleet));
    const fleet = loadFleet(fleetFile);
    const assembly = await files.assembly(fleetFile);
    const first = options.seed ?? 1;
    const play = (seed: number): Play => {
      const mode = options.mode ?? modeOf(seed);
      const scenario = randomScenario(fleet, seed, mode);
      // With a region gone for good, deadlines have to pass before all that can be done is done.
      const endsAtRest = mode === 'safety';
      return { scenario, fleet, assembly, seed, endsWhenBroken: true, endsAtRest };
    };
    const endMs = performance.now() + (options.minutes ?? Infinity) * 60_000;
    for (let done = 0; done < options.soak && performance.now() < endMs;) {
      const count = Math.min(PROGRESS_EACH, options.soak - done);
      const plays = Array.from({ length: count }, (_, index) => play(first + done + index));
      const broken = await firstBroken(plays);
      if (broken !== undefined) await tell(broken, fleetFile, output);
      done += count;
      output.note(`${done} of ${options.soak} random scenarios hold.`);
    }
    output.data({ ok: true, first, count: options.soak }, 'No promise was broken.');
  } finally {
    files.close();
  }
}

interface Broken {
  readonly play: Play;
  readonly performance: Performance;
}

async function firstBroken(plays: readonly Play[]): Promise<Broken | undefined> {
  const broken: Broken[] = [];
  await playInParallel(plays, (performance, index) => {
    const play = plays[index];
    if (play !== undefined && !performance.isMet) broken.push({ play, performance });
  });
  return broken[0];
}

async function tell(broken: Broken, fleetFile: string, output: Output): Promise<never> {
  const { play } = broken;
  output.note(`Seed ${play.seed} breaks a promise:\n${printVerdicts(broken.performance)}`);
  output.note('Looking for the smallest scenario that breaks it ...');
  const promise = brokenPromise(broken.performance);
  const smallest = await shrinkScenario(play.scenario, async (scenario) => {
    let isSame = false;
    await playInParallel([{ ...play, scenario }], (performance) => {
      isSame = brokenPromise(performance) === promise;
    });
    return isSame;
  });
  const file = `soak-${play.seed}.yaml`;
  writeFileSync(
    file,
    stringify(writableScenario(smallest, { file: path.resolve(file), fleetFile })),
  );
  const command = `npx farshore rehearse ${file} --seed ${play.seed} --timeline`;
  output.data({ ok: false, seed: play.seed, file }, `The scenario is in ${file}.`);
  throw new CommandError(exitCode.failed, `Repeat it:\n  ${command}`);
}

/** The name of the promise that broke, which stands before the colon of what was seen. */
function brokenPromise({ verdicts }: Performance): string | undefined {
  return verdicts.find(({ isMet }) => !isMet)?.seen.split(':')[0];
}
