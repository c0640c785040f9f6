import type { Reason } from '../decision.ts';
import {
  type Evidence,
  EVIDENCE_AGE_MS_MAX,
  type EvidenceKind,
  evidenceKinds,
  type Verdict,
} from './evidence.ts';

/** Who is asked about whom. */
export interface QuorumQuestion {
  /** Every region of the fleet: each observes. */
  readonly observers: readonly string[];
  readonly active: string;
  readonly target: string;
  readonly nowMs: number;
}

/** What the observers together know of the two regions. */
export interface Assessment {
  /** Down only by a quorum of regions and of kinds of evidence. */
  readonly active: 'down' | 'not-down';
  readonly target: 'healthy' | 'not-seen-healthy';
  readonly reason: Reason;
  /** Regions that vote the active one down, and by what. */
  readonly voters: readonly string[];
  readonly kinds: readonly EvidenceKind[];
}

/** Rounds without any control target before people are told that an observer is blind. */
const BLIND_ROUNDS_MIN = 3;

/** Clocks of two regions may differ by this much, in ms. */
const CLOCK_SKEW_MS_MAX = 5_000;

/**
 * Whether the active region is down, by a majority of the other observing regions, at least one
 * of them no candidate, and at least two kinds of evidence. Neither the order nor the repetition
 * of evidence matters; what is stale, blind or unknown does not vote.
 */
export function assessRegions(evidence: readonly Evidence[], question: QuorumQuestion): Assessment {
  const { observers, active, target } = question;
  const sighted = sightedEvidence(evidence, question);
  const others = observers.filter((observer) => observer !== active);
  const votesMin = Math.max(2, Math.floor(others.length / 2) + 1);

  const votes = sighted
    .filter(({ observer }) => others.includes(observer))
    .map((sight) => ({ observer: sight.observer, kinds: kindsDown(sight, active) }))
    .filter(({ kinds }) => kinds.length > 0);
  const voters = votes.map(({ observer }) => observer);
  const kinds = evidenceKinds.filter((kind) => votes.some((vote) => vote.kinds.includes(kind)));
  // Of two regions one at least is no candidate itself.
  const hasQuorum = voters.length >= votesMin;
  const upSeenBy = sighted.filter(({ regions }) => regions[target]?.probe.verdict === 'up');
  return {
    active: hasQuorum && kinds.length >= 2 ? 'down' : 'not-down',
    target: upSeenBy.length >= 2 ? 'healthy' : 'not-seen-healthy',
    reason: reasonOf({ question, evidence, sighted, voters, kinds, hasQuorum, votesMin }),
    voters,
    kinds,
  };
}

/** The newest evidence of each observer, if it is fresh and the observer sees at all. */
function sightedEvidence(
  evidence: readonly Evidence[],
  { observers, nowMs }: QuorumQuestion,
): readonly Evidence[] {
  return newest(evidence, observers).filter(
    ({ atMs, isBlind }) => !isBlind && isFresh(atMs, nowMs),
  );
}

function newest(evidence: readonly Evidence[], observers: readonly string[]): readonly Evidence[] {
  return observers.toSorted().flatMap((observer) => {
    const [latest] = evidence
      .filter((found) => found.observer === observer)
      .toSorted((one, other) => other.atMs - one.atMs);
    return latest === undefined ? [] : [latest];
  });
}

function isFresh(atMs: number, nowMs: number): boolean {
  return nowMs - atMs <= EVIDENCE_AGE_MS_MAX && atMs - nowMs <= CLOCK_SKEW_MS_MAX;
}

/** An observer whose own probe gets an answer does not vote, whatever else it hears. */
function kindsDown({ regions, slo }: Evidence, active: string): readonly EvidenceKind[] {
  const sight = regions[active];
  if (sight === undefined || sight.probe.verdict === 'up') return [];
  const verdicts: Record<EvidenceKind, Verdict> = {
    probe: sight.probe.verdict,
    route53: sight.route53,
    slo,
  };
  return evidenceKinds.filter((kind) => verdicts[kind] === 'down');
}

interface Findings {
  readonly question: QuorumQuestion;
  readonly evidence: readonly Evidence[];
  readonly sighted: readonly Evidence[];
  readonly voters: readonly string[];
  readonly kinds: readonly EvidenceKind[];
  readonly hasQuorum: boolean;
  readonly votesMin: number;
}

function reasonOf(findings: Findings): Reason {
  const { question, evidence, sighted, voters, kinds, hasQuorum, votesMin } = findings;
  const { active, nowMs, observers } = question;
  const seen = voters.join(' and ');
  if (hasQuorum && kinds.length >= 2) {
    const text = `${active} is down, say ${seen}, by ${kinds.join(' and ')}.`;
    return { code: 'QUORUM', text };
  }
  if (hasQuorum) {
    const text = `${seen} see ${active} down, but only by ${kinds.join()}; two kinds are needed.`;
    return { code: 'ONE_KIND_ONLY', text };
  }
  const blind = newest(evidence, observers)
    .filter(({ atMs, isBlind, blindRounds }) => {
      return isBlind && blindRounds >= BLIND_ROUNDS_MIN && isFresh(atMs, nowMs);
    })
    .map(({ observer }) => observer);
  if (blind.length > 0) {
    const text = `${blind.join(' and ')} reaches no control target, so it has no vote.`;
    return { code: 'OBSERVER_BLIND', text };
  }
  if (voters.length > 0) {
    const text = `Only ${seen} sees ${active} down; ${votesMin} regions are needed, one outside.`;
    return { code: 'NO_QUORUM', text };
  }
  if (sighted.length === 0) {
    return { code: 'NO_EVIDENCE', text: `No observer has fresh evidence about ${active}.` };
  }
  return { code: 'HEALTHY', text: `No observer sees ${active} down.` };
}
