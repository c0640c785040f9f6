import { Command } from 'commander';
import { formatDuration } from '../../core/contract/format-duration.ts';
import { journalKeys } from '../../core/contract/journal.ts';
import type { Standing } from '../../core/decision-journal.ts';
import { type Output, table } from '../output.ts';
import { addTargetOptions, openTarget, type TargetOptions } from '../target.ts';

/** `farshore explain APP`: why each loop does, or does not do, what it does now. */
export function explainCommand(output: Output): Command {
  return addTargetOptions(
    new Command('explain')
      .description('Why each loop does, or does not do, what it does now.')
      .argument('<app>'),
  ).action(async (name: string, options: TargetOptions) => {
    const target = await openTarget(options, output);
    const app = target.requireApp(name);
    const found = await target.ports.journal.list<Standing>(journalKeys.appPartition(app), {
      prefix: journalKeys.standingPrefix,
    });
    const standings = found.map(({ body }) => body);
    const nowMs = target.nowMs();
    const rows = standings.map(({ loop, decision, sinceMs }) => [
      loop,
      decision.subject,
      decision.action,
      decision.reason.code,
      `for ${formatDuration(Math.max(0, nowMs - sinceMs))}`,
      decision.reason.text,
    ]);
    const text = rows.length === 0 ? `No loop has looked at ${app} yet.` : table(rows);
    output.data({ app, standings }, text);
  });
}
