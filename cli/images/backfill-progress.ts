import { formatDuration } from '../../core/contract/format-duration.ts';
import { bar, LiveLines, type Terminal } from '../live-lines.ts';

/** How far one region is, in images. */
interface RegionProgress {
  readonly planned: number;
  readonly made: number;
  readonly failed: number;
}

/** What a backfill still waits for. */
export interface Waiting {
  /** Images that a function was asked to copy, by region. */
  readonly onTheirWay: ReadonlyMap<string, number>;
  /** Copies that failed and are tried again, by region. */
  readonly again: ReadonlyMap<string, number>;
  readonly elapsedMs: number;
}

/** A line for each region that a backfill fills, on a terminal; nothing elsewhere. */
export class BackfillProgress {
  readonly #regions = new Map<string, RegionProgress>();
  readonly #lines: LiveLines | undefined;

  constructor(regions: readonly string[], terminal: Terminal | undefined) {
    for (const region of regions) {
      const { planned } = this.#of(region);
      this.#regions.set(region, { planned: planned + 1, made: 0, failed: 0 });
    }
    this.#lines = terminal === undefined ? undefined : new LiveLines(terminal);
  }

  /** Counts a copy that was made or given up, and makes room for what is printed about it. */
  settled(region: string, isMade: boolean): void {
    this.#lines?.clear();
    const { planned, made, failed } = this.#of(region);
    const counted = isMade ? { made: made + 1, failed } : { made, failed: failed + 1 };
    this.#regions.set(region, { planned, ...counted });
  }

  show(waiting: Waiting): void {
    this.#lines?.draw([...this.#regions].map((entry) => lineOf(entry, waiting)));
  }

  #of(region: string): RegionProgress {
    return this.#regions.get(region) ?? { planned: 0, made: 0, failed: 0 };
  }
}

/** Such as `us-west-2  [####....] 12/40 images  9m left  5 on their way`. */
function lineOf(
  [region, { planned, made, failed }]: readonly [string, RegionProgress],
  { onTheirWay, again, elapsedMs }: Waiting,
): string {
  const settled = made + failed;
  const perMinute = elapsedMs > 0 ? (settled / elapsedMs) * 60_000 : 0;
  const [underWay, retried] = [onTheirWay.get(region) ?? 0, again.get(region) ?? 0];
  const isDone = settled === planned;
  const left = timeLeft(((planned - settled) / perMinute) * 60);
  const notes = [
    `${made}/${planned} images`,
    isDone ? 'done' : perMinute > 0 ? `${left} left` : '',
    isDone || underWay === 0 ? '' : `${underWay} on their way`,
    isDone || retried === 0 ? '' : `${retried} tried again`,
    failed > 0 ? `${failed} failed` : '',
    perMinute > 0 ? `${perMinute.toFixed(1)} a minute` : '',
  ];
  const text = notes.filter((note) => note !== '').join('  ');
  return `${region}  ${bar(planned === 0 ? 1 : settled / planned)} ${text}`;
}

/** Seconds in the last two minutes, whole minutes before that: it is an estimate. */
function timeLeft(seconds: number): string {
  const unit = seconds > 120 ? 60 : 1;
  return formatDuration(Math.ceil(seconds / unit) * unit * 1_000);
}
