import { journalKeys } from '../contract/journal.ts';
import type { Journal, Versioned } from '../ports.ts';

/** What scaling remembers of one service in one region. */
export interface ScalingState {
  readonly lastOut?: Change;
  readonly lastIn?: Change;
  /** The newest change was decided but perhaps not made: the function may have died. */
  readonly isPending?: boolean;
  /** Alarms that a suppressor or a mute rule keeps silent, with the moment of that news. */
  readonly silenced?: Readonly<Record<string, Silence>>;
}

/** One change of the desired count. */
export interface Change {
  readonly atMs: number;
  readonly from: number;
  readonly to: number;
  /** Tasks added since the first step of this cooldown; a larger step adds only the rest. */
  readonly magnitude: number;
  /** While the cooldown lasts only a larger step adds tasks, and none are removed. */
  readonly cooldownUntilMs: number;
}

interface Silence {
  readonly by: string;
  readonly atMs: number;
}

/** The newest change in either direction. */
export function lastChange({ lastOut, lastIn }: ScalingState): Change | undefined {
  if (lastOut === undefined || lastIn === undefined) return lastOut ?? lastIn;
  return lastOut.atMs >= lastIn.atMs ? lastOut : lastIn;
}

/** Before the first change nothing is written. */
export async function readScalingState(
  journal: Journal,
  place: { readonly app: string; readonly region: string; readonly service: string },
): Promise<Partial<Versioned<ScalingState>> & { readonly body: ScalingState }> {
  const key = journalKeys.scaling(place.app, place.region, place.service);
  return (await journal.read<ScalingState>(key)) ?? { body: {} };
}
