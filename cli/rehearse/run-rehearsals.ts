import { writeFileSync } from 'node:fs';
import type { Performance, Play } from '../../rehearsal/play-scenario.ts';
import { printTimeline, printVerdicts } from '../../rehearsal/print-performance.ts';
import { htmlReport } from '../../rehearsal/html-report.ts';
import { CommandError, exitCode } from '../exit-code.ts';
import type { Output } from '../output.ts';
import { playInParallel } from './play-in-parallel.ts';
import { type LoadedScenario, ScenarioFiles } from './scenario-file.ts';

export interface RehearseOptions {
  readonly fleet?: string;
  readonly seed?: number;
  readonly timeline?: boolean;
  readonly report?: string;
}

/** Plays scenario files one after the other; ends the command with 1 when one did not hold. */
export async function runRehearsals(
  names: readonly string[],
  options: RehearseOptions,
  output: Output,
): Promise<void> {
  const files = new ScenarioFiles();
  try {
    const scenarios = names.map((name) => files.load(name, options.fleet));
    const plays: Play[] = [];
    for (const { scenario, fleet, fleets, fleetFile } of scenarios) {
      const assembly = await files.assembly(fleetFile);
      plays.push({ scenario, fleet, fleets, assembly, seed: options.seed ?? scenario.seed });
    }
    const played: Played[] = [];
    await playInParallel(plays, (performance, index) => {
      const loaded = scenarios[index];
      if (loaded === undefined) throw new Error('a scenario was played that nobody asked for');
      played.push({ loaded, performance });
      if (!output.isJson) output.data({}, printed({ loaded, performance }, options));
    });
    finish(played, options, output);
  } finally {
    files.close();
  }
}

interface Played {
  readonly loaded: LoadedScenario;
  readonly performance: Performance;
}

function finish(played: readonly Played[], options: RehearseOptions, output: Output): void {
  const broken = played.filter(({ performance }) => !performance.isMet);
  const results = played.map(({ loaded, performance }) => ({
    file: loaded.file,
    proves: loaded.scenario.proves,
    seed: performance.seed,
    ok: performance.isMet,
    verdicts: performance.verdicts,
    ...(options.timeline === true && { timeline: performance.timeline }),
  }));
  if (options.report !== undefined) {
    const pages = played.map(({ loaded, performance }) => {
      const regions = Object.keys(loaded.fleet.regions);
      return { title: loaded.file, proves: loaded.scenario.proves, regions, performance };
    });
    writeFileSync(options.report, htmlReport(pages));
    output.note(`The report is in ${options.report}.`);
  }
  const count = `${played.length - broken.length} of ${played.length} scenarios hold.`;
  output.data({ ok: broken.length === 0, scenarios: results }, count);
  if (broken.length === 0) return;
  const commands = broken.map((one) => `  ${commandOf(one, options)}`);
  throw new CommandError(exitCode.failed, `Repeat what did not hold:\n${commands.join('\n')}`);
}

function printed({ loaded, performance }: Played, options: RehearseOptions): string {
  const { isMet, seed, timeline, problems } = performance;
  const head = `${isMet ? 'ok    ' : 'BROKEN'} ${loaded.file}  (seed ${seed})`;
  const lines = [head, `  ${loaded.scenario.proves}`];
  const isTold = (options.timeline === true || !isMet) && timeline.length > 0;
  if (isTold) lines.push(indented(printTimeline(timeline)));
  if (!isMet && problems.length > 0) {
    const newest = problems.slice(-PROBLEMS_MAX).map(({ region, function: name, text }) => {
      return `  ${name} in ${region}: ${text}`;
    });
    lines.push('  Functions logged, newest last:', ...newest);
  }
  lines.push(printVerdicts(performance));
  return lines.join('\n');
}

/** More lines of a log than this help nobody. */
const PROBLEMS_MAX = 10;

function commandOf({ loaded, performance }: Played, { fleet }: RehearseOptions): string {
  const named = fleet === undefined ? '' : ` --fleet ${fleet}`;
  return `npx farshore rehearse ${loaded.file} --seed ${performance.seed}${named} --timeline`;
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, '  ');
}
