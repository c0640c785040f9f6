import type { LoopName } from './contract/functions.ts';

/** Why a decision is what it is: a stable code for machines, a sentence for people. */
export interface Reason {
  readonly code: string;
  readonly text: string;
}

/**
 * What a loop decided for one subject. Every loop narrows `action` to its own words; `none` is a
 * decision too and has a reason like every other.
 */
export interface Decision {
  readonly action: string;
  readonly app: string;
  /** What the decision is about within the application: a digest, `us-west-2/web`, `traffic`. */
  readonly subject: string;
  readonly reason: Reason;
  /** When to look at this subject again although no event comes; ms since the epoch. */
  readonly recheckAtMs?: number;
}

/** What became of a decision. */
export interface Outcome {
  /**
   * `superseded`: somebody else decided meanwhile, nothing was done. `unfinished`: the time of the
   * run was up, and the next one goes on.
   */
  readonly status: 'done' | 'failed' | 'superseded' | 'unfinished';
  readonly text: string;
  /** What is special about it, where people are told in other words than usual. */
  readonly code?: string;
  /** Overrides the decision's own, when acting showed that there is more to do. */
  readonly recheckAtMs?: number;
  /** No retry helps: the message becomes a dead letter, which a person redrives. */
  readonly isFinal?: boolean;
}

/** What a person is told. `kind` names the situation, such as `failover-done`. */
export interface Notice {
  readonly kind: string;
  readonly severity: 'action-required' | 'auto-handled' | 'info';
  /** At most 100 ASCII characters, as SNS allows for a subject. */
  readonly subject: string;
  readonly text: string;
}

/** One line of the journal: the decision, what became of it, and who was told. */
export interface DecisionRecord {
  readonly id: string;
  readonly loop: LoopName;
  readonly region: string;
  readonly atMs: number;
  readonly decision: Decision;
  readonly outcome: Outcome;
  readonly notice?: Notice;
  /** Absent until somebody tries to send the notice; the sweep retries what has no `sentAtMs`. */
  readonly noticeState?: { readonly claimedAtMs: number; readonly sentAtMs?: number };
}
