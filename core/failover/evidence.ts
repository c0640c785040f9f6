import { journalKeys } from '../contract/journal.ts';
import type { Journal } from '../ports.ts';

/** Unknown is not down: it never votes. */
export type Verdict = 'up' | 'down' | 'unknown';

export const evidenceKinds = ['probe', 'route53', 'slo'] as const;
export type EvidenceKind = (typeof evidenceKinds)[number];

/** What one observing region sees of an application; it overwrites its own document each round. */
export interface Evidence {
  readonly observer: string;
  readonly atMs: number;
  /** This observer reached none of its control targets: it is cut off itself and has no vote. */
  readonly isBlind: boolean;
  /** Rounds in a row without a control target. */
  readonly blindRounds: number;
  readonly regions: Readonly<Record<string, RegionSight>>;
  /** The alarm on what users feel, in the observer's region; it speaks of the active region. */
  readonly slo: Verdict;
}

/** One region of the application, as one observer sees it. */
export interface RegionSight {
  readonly probe: ProbeSight;
  /** Route 53's own verdict of the endpoint, read through the public DNS. */
  readonly route53: Verdict;
}

export interface ProbeSight {
  /** Down only after as many failures in a row as Route 53 would want. */
  readonly verdict: Verdict;
  /** Looks in a row with the same answer. */
  readonly rounds: number;
  readonly isOk: boolean;
  readonly sinceMs: number;
  /** The newest answer, for people. */
  readonly text: string;
}

/** Three rounds of probes and some delay: what is older says nothing about now, in ms. */
export const EVIDENCE_AGE_MS_MAX = 35_000;

/** Everything the observers wrote about an application. */
export async function readEvidence(journal: Journal, app: string): Promise<readonly Evidence[]> {
  const partition = journalKeys.appPartition(app);
  const found = await journal.list<Evidence>(partition, { prefix: journalKeys.evidencePrefix });
  return found.map(({ body }) => body);
}

/** The next sight of an endpoint after one more look at it. */
export function nextProbeSight(
  previous: ProbeSight | undefined,
  look: { readonly isOk: boolean; readonly text: string; readonly atMs: number },
  failuresMax: number,
): ProbeSight {
  const { isOk, text, atMs } = look;
  const isSame = previous?.isOk === isOk;
  const rounds = isSame ? previous.rounds + 1 : 1;
  const sinceMs = isSame ? previous.sinceMs : atMs;
  const downOrUnsure = rounds >= failuresMax ? 'down' : 'unknown';
  return { verdict: isOk ? 'up' : downOrUnsure, rounds, isOk, sinceMs, text };
}
