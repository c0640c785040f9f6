import type { Move } from '../../core/failover/failover-state.ts';
import type { FailoverChange, Watched } from './watched.ts';

/** Tells of each move that automation begins. */
export function onAutomaticStart(
  watched: Watched,
  tell: (change: FailoverChange, move: Move) => void,
): void {
  watched.onFailover((change) => {
    const { before, after } = change;
    const { move } = after;
    if (move?.mode === 'automatic' && after.epoch > before.epoch) tell(change, move);
  });
}
