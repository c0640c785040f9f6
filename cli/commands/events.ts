import { Command, InvalidArgumentError } from 'commander';
import { journalKeys } from '../../core/contract/journal.ts';
import type { DecisionRecord } from '../../core/decision.ts';
import { type Output, table } from '../output.ts';
import { addTargetOptions, openTarget, type TargetOptions } from '../target.ts';

const DEFAULT_LIMIT = 30;
const LIMIT_MAX = 1_000;

/** `farshore events`: the journal, oldest first, so that the newest line is the last one read. */
export function eventsCommand(output: Output): Command {
  return addTargetOptions(
    new Command('events')
      .description('What was decided and done, oldest first.')
      .option('--app <app>', 'only this application')
      .option('--limit <n>', 'how many of the newest', limit, DEFAULT_LIMIT),
  ).action(async (options: TargetOptions & { app?: string; limit: number }) => {
    const target = await openTarget(options, output);
    const apps = options.app === undefined ? target.apps() : [target.requireApp(options.app)];
    const lists = await Promise.all(
      apps.map((app) =>
        target.ports.journal.list<DecisionRecord>(journalKeys.recordPartition(app), {
          newestFirst: true,
          limit: options.limit,
        }),
      ),
    );
    const records = lists
      .flat()
      .map(({ body }) => body)
      .sort((one, other) => one.atMs - other.atMs)
      .slice(-options.limit);
    output.data({ events: records }, records.length === 0 ? 'Nothing yet.' : describe(records));
  });
}

function describe(records: readonly DecisionRecord[]): string {
  return table(
    records.map(({ atMs, region, loop, decision, outcome }) => [
      new Date(atMs).toISOString(),
      region,
      loop,
      decision.app,
      decision.action,
      outcome.status === 'done' ? decision.reason.text : `${outcome.status}: ${outcome.text}`,
    ]),
  );
}

function limit(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0 && value <= LIMIT_MAX) return value;
  throw new InvalidArgumentError(`Write a whole number from 1 to ${LIMIT_MAX}.`);
}
