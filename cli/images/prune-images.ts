import { marking, verdictsOf } from '../../core/deletion/decide-deletion.ts';
import {
  keyOfTombstone,
  nameOfTombstone,
  type Tombstone,
} from '../../core/deletion/deletion-document.ts';
import type { DeletionEvent } from '../../core/deletion/deletion-event.ts';
import { dueTombstones } from '../../core/deletion/due-tombstones.ts';
import { type DeletionObserved, observeDeletion } from '../../core/deletion/observe-deletion.ts';
import { confirm } from '../confirm.ts';
import { CommandError, exitCode } from '../exit-code.ts';
import { sendRequest } from '../operator-request.ts';
import { type Output, table } from '../output.ts';
import type { Target } from '../target.ts';

export interface PruneOptions {
  readonly confirm: string | undefined;
  readonly isDryRun: boolean;
}

/** Shows what is gone at home and what becomes of it elsewhere; has what is due deleted. */
export async function pruneImages(
  target: Target,
  name: string,
  options: PruneOptions,
  output: Output,
): Promise<void> {
  const app = target.requireApp(name);
  const event = eventOf(target, app);
  const { home } = event.application;
  const observed = await observeDeletion(target.portsIn(home), target.fleet, event);
  if (observed.home.state !== 'listed') {
    throw new CommandError(exitCode.notReady, `${observed.home.text} Nothing is deleted.`);
  }
  const nowMs = target.nowMs();
  const due = dueTombstones(observed.document, event, nowMs);
  const gone = marking(event, observed, nowMs)?.document.tombstones ?? [];
  const known = new Set(due.map(keyOfTombstone));
  const fates = gone.map((each) =>
    fateOf(event, observed, { each, isDue: known.has(keyOfTombstone(each)) }),
  );
  for (const fate of fates) output.data(fate, rowOf(fate));
  const deletable = fates.filter(({ regions }) => regions.some(({ is }) => is === 'due')).length;
  const busy = observed.due?.busy;
  const plan = { app, gone: gone.length, due: due.length, deletable };
  const text = `${gone.length} gone in ${home}, ${due.length} due, ${deletable} to delete.`;
  const blocked = busy === undefined ? '' : ` Not now: ${busy.text}`;
  if (options.isDryRun || due.length === 0) {
    const reason = busy === undefined ? {} : { busy };
    output.data({ kind: 'plan', ...plan, ...reason }, `${text}${blocked}`);
    return;
  }
  if (busy !== undefined || deletable === 0) {
    throw new CommandError(exitCode.notReady, `${text}${blocked} Nothing is deleted.`);
  }
  output.note(text);
  await confirm({
    word: app,
    given: options.confirm,
    what: 'This deletes images',
    why: `delete images of it outside of ${home}`,
  });
  await sendRequest(target, { loop: 'replication', app, region: home, request: { kind: 'prune' } });
  const { maxPerRun } = event.policy;
  output.data(
    { kind: 'requested', ...plan, maxPerRun },
    `Asked for a run, of ${maxPerRun} at most. Follow it with \`farshore events --app ${app}\`.`,
  );
}

/** A request, so that what is due is looked at closely although it may not be the time for it. */
function eventOf(target: Target, app: string): DeletionEvent {
  const application = target.requireApplication(app);
  const policy = application.replication.deletion;
  if (policy === undefined) {
    throw new CommandError(
      exitCode.usage,
      `The other regions of ${app} keep what is deleted at home: deletion is off. ` +
        'To change that, add replication.deletion in the fleet file and deploy.',
    );
  }
  return { app, application, policy, request: { id: 'a look', actor: target.actor } };
}

interface Fate {
  readonly kind: 'gone';
  readonly digest: string;
  readonly tag?: string;
  readonly tags: readonly string[];
  readonly goneSince: string;
  readonly dueAt: string;
  readonly regions: readonly FateThere[];
}

interface FateThere {
  readonly region: string;
  /** `waits` for its grace, `due` to be deleted, `kept` by something, or `absent` already. */
  readonly is: 'waits' | 'due' | 'kept' | 'absent';
  readonly reason?: { readonly code: string; readonly text: string };
}

function fateOf(
  event: DeletionEvent,
  observed: DeletionObserved,
  { each, isDue }: { readonly each: Tombstone; readonly isDue: boolean },
): Fate {
  const { digest, tag, tags, sinceMs } = each;
  const regions = isDue
    ? verdictsOf(observed, each).map(([region, verdict]): FateThere => {
        if (verdict.verdict === 'held') return { region, is: 'kept', reason: verdict.reason };
        return { region, is: verdict.verdict === 'delete' ? 'due' : 'absent' };
      })
    : observed.targets.map(({ region }): FateThere => ({ region, is: 'waits' }));
  return {
    kind: 'gone',
    digest,
    ...(tag === undefined ? {} : { tag }),
    tags,
    goneSince: new Date(sinceMs).toISOString(),
    dueAt: new Date(sinceMs + event.policy.grace).toISOString(),
    regions,
  };
}

function rowOf({ digest, tag, tags, dueAt, regions }: Fate): string {
  const name = nameOfTombstone({ digest, tags, sinceMs: 0, ...(tag === undefined ? {} : { tag }) });
  const rows = regions.map(({ region, is, reason }) => {
    const text = is === 'waits' ? `until ${dueAt}` : (reason?.text ?? '');
    return [name, region, is, text];
  });
  return table(rows);
}
