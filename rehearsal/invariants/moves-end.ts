import { readLatch } from '../read-latch.ts';
import type { WorldView } from '../world-view.ts';
import type { AtRest } from './at-rest.ts';

export const movesEnd: AtRest = {
  name: 'moves-end',
  sentence:
    'no move is under way, and the latch and the DNS say what the journal says, unless a region ' +
    'cannot serve and people were told what keeps traffic where it is',
  look: (view, app) => {
    const { regions, failover, traffic } = view.application(app);
    if (failover === undefined || traffic === undefined || isTold(view, app)) return undefined;
    const state = view.failover(app);
    if (state.phase !== 'steady') return `traffic of ${app} is still moving`;
    if (state.isLatchPending === true) return `the latch of ${app} is still to be written`;
    const { latched = false } = readLatch(view, app) ?? {};
    if (latched !== (state.active !== regions[0])) {
      return `the latch of ${app} is ${latched ? 'set' : 'open'}, but ${state.active} serves`;
    }
    const { region } = view.answeredRegion(app, undefined);
    if (region !== state.active) return `${app} leads to ${region}, but ${state.active} serves`;
    return undefined;
  },
};

/** A person may take the last task of a region away, and no gate opens by itself then. */
function isTold(view: WorldView, app: string): boolean {
  const { refused } = view.failover(app);
  const { regions } = view.application(app);
  return refused !== undefined && regions.some((region) => !view.isWell(app, region));
}
