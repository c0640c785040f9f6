import type { LoopName } from './contract/functions.ts';
import type { Decision, Notice, Outcome } from './decision.ts';
import { close, letGo, open, type Opened } from './decision-journal.ts';
import { TerminalError } from './errors.ts';
import { isOperatorRequest } from './events/operator-request-event.ts';
import type { ControlPorts } from './ports.ts';

/**
 * One loop of the control plane. An event only says where to look; `observe` reads what is so,
 * `decide` is pure, and `act` may be repeated: it sets, it never increments.
 */
export interface ControlLoop<Event, Observed, Decided extends Decision> {
  readonly name: LoopName;
  /** How long one run may be silent before another takes its subject over, in ms. */
  readonly silentMsMax: number;
  /** The subjects to look at, none if the event is not ours; TerminalError if it is malformed. */
  parse(raw: unknown): readonly Event[];
  observe(event: Event): Promise<Observed>;
  decide(event: Event, observed: Observed, nowMs: number): Decided;
  act(decision: Decided, observed: Observed, run: Run): Promise<Outcome>;
  /** What people are told; undefined when nobody needs to know. */
  describe(decision: Decided, outcome: Outcome): Notice | undefined;
}

/** What `act` may ask of the run it is part of. */
export interface Run {
  /** Tells the journal that this run is alive; `false` when another has taken the subject over. */
  alive(): Promise<boolean>;
  /** When the function ends, whatever it does; absent where nothing ends it. */
  readonly endsAtMs?: number;
}

/** How soon an operator's request that met another run comes again, in ms. */
const REQUEST_AGAIN_MS = 5_000;

/**
 * Takes one event through a loop: parse, observe, decide, act, record, notify.
 *
 * The journal opens a decision before it is acted on and closes it with its outcome and notice.
 * A run that dies in between leaves it open, and the next wake of the same subject finishes it.
 * Work that may be long ends by itself before `endsAtMs`, when the function would be ended.
 */
export async function runControlLoop<Event, Observed, Decided extends Decision>(
  loop: ControlLoop<Event, Observed, Decided>,
  raw: unknown,
  ports: ControlPorts,
  endsAtMs?: number,
): Promise<readonly Decided[]> {
  const decisions: Decided[] = [];
  const finals: string[] = [];
  for (const event of loop.parse(raw)) {
    const observed = await loop.observe(event);
    const decision = loop.decide(event, observed, ports.clock.nowMs());
    decisions.push(decision);

    const opened = await open(ports, loop, decision);
    if (opened.state === 'busy') {
      await comeBack(ports, loop.name, { raw, decision, atMs: opened.retryAtMs, isTaken: false });
      continue;
    }
    const run = { ...opened.run, ...(endsAtMs === undefined ? {} : { endsAtMs }) };
    const outcome = await actAndClose(ports, loop, { opened, decision, observed, run });
    if (outcome.isFinal === true)
      finals.push(`${decision.app} ${decision.subject}: ${outcome.text}`);
    const atMs = outcome.recheckAtMs ?? decision.recheckAtMs;
    const isTaken = outcome.status !== 'superseded';
    await comeBack(ports, loop.name, { raw, decision, atMs, isTaken });
  }
  // It is recorded and told; the dead letter is what a person sends back after mending the cause.
  if (finals.length > 0) throw new TerminalError(finals.join('; '));
  return decisions;
}

/** A run that failed lets its subject go at once, so that the message's retry can take it up. */
async function actAndClose<Event, Observed, Decided extends Decision>(
  ports: ControlPorts,
  loop: ControlLoop<Event, Observed, Decided>,
  of: { opened: Opened; decision: Decided; observed: Observed; run: Run },
): Promise<Outcome> {
  const { opened, decision, observed, run } = of;
  try {
    const outcome = await actOn(loop, decision, observed, run);
    await close(ports, loop, { opened, decision, outcome });
    return outcome;
  } catch (error) {
    await letGo(ports, opened);
    throw error;
  }
}

async function actOn<Event, Observed, Decided extends Decision>(
  loop: ControlLoop<Event, Observed, Decided>,
  decision: Decided,
  observed: Observed,
  run: Run,
): Promise<Outcome> {
  if (decision.action === 'none') return { status: 'done', text: decision.reason.text };
  return loop.act(decision, observed, run);
}

interface ComingBack {
  readonly raw: unknown;
  readonly decision: Decision;
  readonly atMs: number | undefined;
  /** Whether this run had its say; otherwise another one was at the subject. */
  readonly isTaken: boolean;
}

/**
 * Looks again later. What a person asked for stands in their message alone: when another run was at
 * the subject, the message itself comes back, and soon, because most runs are short.
 */
async function comeBack(
  ports: ControlPorts,
  loop: LoopName,
  { raw, decision, atMs, isTaken }: ComingBack,
): Promise<void> {
  const nowMs = ports.clock.nowMs();
  if (!isTaken && isOperatorRequest(raw)) {
    await ports.wakes.wake(loop, raw, REQUEST_AGAIN_MS);
    return;
  }
  if (atMs === undefined) return;
  const { app, subject } = decision;
  const wake = { kind: 'wake', app, cause: 'recheck', subject } as const;
  await ports.wakes.wake(loop, wake, Math.max(0, atMs - nowMs));
}
