import type { Application } from '../contract/fleet.ts';
import { journalKeys } from '../contract/journal.ts';
import type { Journal } from '../ports.ts';
import { readServing, type Serving } from '../serving.ts';

/** Which region serves, and a move of traffic that is under way; the other loops read `Serving`. */
export interface FailoverState extends Serving {
  readonly move?: Move;
  /** Since when a quorum sees the active region down; the grace counts from here. */
  readonly quorumSinceMs?: number;
  /** The gate that people were last told of in this episode. */
  readonly refused?: string;
  /** The newest moves, oldest first. */
  readonly flips: readonly Flip[];
  readonly cooldownUntilMs?: number;
  readonly hold?: Hold;
  /** The latch may not say what this document says; it is written again before anything else. */
  readonly isLatchPending?: boolean;
  /** Ids of the newest requests of operators that were taken. */
  readonly requests: readonly string[];
  /** What the active region ran while it was well: it cannot be asked once it is gone. */
  readonly remembered?: Remembered;
}

export type MoveMode = 'automatic' | 'planned' | 'forced';
export type MoveStep = 'scale' | 'capacity' | 'data' | 'latch' | 'verify';

export interface Move {
  readonly mode: MoveMode;
  readonly from: string;
  readonly to: string;
  readonly step: MoveStep;
  readonly stepSinceMs: number;
  readonly cause: string;
  readonly actor: string;
  /** Tasks that each service must have healthy in the target region. */
  readonly floors: Readonly<Record<string, number>>;
  /** How many of the data steps are done. */
  readonly dataDone: number;
  readonly timeline: Timeline;
}

/** When each part of a move was reached; ms since the epoch. */
export interface Timeline {
  readonly detectedAtMs?: number;
  readonly decidedAtMs: number;
  readonly capacityAtMs?: number;
  readonly dataAtMs?: number;
  readonly latchedAtMs?: number;
  readonly verifiedAtMs?: number;
}

export interface Flip {
  readonly atMs: number;
  readonly epoch: number;
  readonly from: string;
  readonly to: string;
  readonly mode: MoveMode;
}

/** An operator's word that automation leaves traffic where it is. */
interface Hold {
  readonly actor: string;
  readonly reason: string;
  readonly untilMs?: number;
}

export interface Remembered {
  readonly region: string;
  readonly services: Readonly<Record<string, { readonly desired: number; readonly image: string }>>;
}

export interface FoundFailover {
  readonly state: FailoverState;
  /** To write against; undefined before the first write. */
  readonly version: number | undefined;
}

/** Before anything happened nothing is stored, and the first region serves. */
export async function readFailover(
  journal: Journal,
  app: string,
  application: Application,
): Promise<FoundFailover> {
  const { body, version, isStored } = await readServing<FailoverState>(journal, app, application);
  const state = { flips: [], requests: [], ...body };
  return { state, version: isStored ? version : undefined };
}

/** Writes the state if nobody else did since it was read. */
export async function writeFailover(
  journal: Journal,
  app: string,
  found: FoundFailover,
): Promise<boolean> {
  return journal.write(journalKeys.failover(app), found.state, found.version);
}
