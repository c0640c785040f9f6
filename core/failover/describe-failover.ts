import type { Notice, Outcome } from '../decision.ts';
import { composeNotice, formatMoment } from '../notification/notice-text.ts';
import type { Timeline } from './failover-state.ts';
import type { FailoverAction, FailoverDecision } from './observed-failover.ts';

/** What people are told of a failover: once of its success, once of each gate that refuses it. */
export function describeFailover(decision: FailoverDecision, outcome: Outcome): Notice | undefined {
  if (outcome.status !== 'done') return undefined;
  return describers[decision.action]?.(decision);
}

const describers: Partial<
  Record<FailoverAction, (decision: FailoverDecision) => Notice | undefined>
> = {
  finish: describeMoved,
  refuse: describeRefused,
  cancel: describeCancelled,
  hold: describeHold,
  release: describeHold,
  none: (decision) =>
    decision.reason.code === 'OBSERVER_BLIND' ? describeBlind(decision) : undefined,
};

function describeMoved({ app, from, to, reason, ...decision }: FailoverDecision): Notice {
  const { isBack, mode, actor, cause, timeline } = decision;
  const isAutomatic = mode === 'automatic';
  const back = isBack === true;
  return composeNotice({
    kind: back ? 'failback-done' : 'failover-done',
    severity: isAutomatic ? 'auto-handled' : 'info',
    subject: `${app}: traffic moved from ${from} to ${to}${back ? ', back home' : ''}`,
    happened: isAutomatic ? (cause ?? reason.text) : `${actor ?? 'Somebody'}: ${cause ?? ''}`,
    done: timelineLines(timeline),
    verify: [`farshore explain ${app}`, 'farshore status'],
    undo: back
      ? [`Move again: farshore failover run ${app} --reason "..."`]
      : [`Fail back when ${from} is well: farshore failover back ${app} --reason "..."`],
  });
}

function timelineLines(timeline: Timeline | undefined): readonly string[] {
  const moments: readonly (readonly [string, number | undefined])[] = [
    ['detected', timeline?.detectedAtMs],
    ['decided', timeline?.decidedAtMs],
    ['capacity', timeline?.capacityAtMs],
    ['data', timeline?.dataAtMs],
    ['latched', timeline?.latchedAtMs],
    ['verified', timeline?.verifiedAtMs],
  ];
  return moments.flatMap(([name, atMs]) =>
    atMs === undefined ? [] : [`${formatMoment(atMs)}  ${name}`],
  );
}

function describeRefused({ app, from, to, reason, timeline }: FailoverDecision): Notice {
  const isStuck = reason.code === 'VERIFY_LATE';
  return composeNotice({
    kind: isStuck ? 'failover-stuck' : 'failover-refused',
    severity: 'action-required',
    subject: `${app}: failover to ${to} ${isStuck ? 'is stuck' : 'refused'}: ${reason.code}`,
    happened: reason.text,
    done: timelineLines(timeline),
    verify: [`farshore failover plan ${app}`, `farshore explain ${app}`],
    undo: [
      `Traffic ${isStuck ? 'was switched' : `stays in ${from}`}; Farshore goes on by itself.`,
      `Go past it: farshore failover run ${app} --force --reason "..."`,
    ],
  });
}

function describeCancelled({ app, from, to, reason, timeline }: FailoverDecision): Notice {
  return composeNotice({
    kind: 'failover-cancelled',
    severity: 'auto-handled',
    subject: `${app}: failover to ${to} cancelled, traffic stays in ${from}`,
    happened: reason.text,
    done: timelineLines(timeline),
    verify: [`farshore explain ${app}`],
  });
}

function describeHold({ app, action, reason }: FailoverDecision): Notice {
  const isHeld = action === 'hold';
  return composeNotice({
    kind: isHeld ? 'failover-held' : 'failover-released',
    severity: 'info',
    subject: `${app}: automatic failover is ${isHeld ? 'held' : 'on again'}`,
    happened: reason.text,
    verify: [`farshore explain ${app}`],
  });
}

function describeBlind({ app, reason }: FailoverDecision): Notice {
  return composeNotice({
    kind: 'observer-blind',
    severity: 'action-required',
    subject: `${app}: an observer is cut off and has no vote`,
    happened: reason.text,
    verify: [`farshore explain ${app}`],
    undo: ['Check the way out of that region; until then automatic failover needs the others.'],
  });
}
