import { readLatch } from '../read-latch.ts';
import type { AtRest } from './at-rest.ts';

export const movesEnd: AtRest = {
  name: 'moves-end',
  sentence:
    'no move is under way, and the latch and the DNS say what the journal says, unless the region ' +
    'that serves has no task and people were told what keeps traffic there',
  look: (view, app) => {
    const { regions, failover, traffic } = view.application(app);
    if (failover === undefined || traffic === undefined) return undefined;
    const state = view.failover(app);
    if (state.phase !== 'steady') return `traffic of ${app} is still moving`;
    if (state.isLatchPending === true) return `the latch of ${app} is still to be written`;
    const { latched = false } = readLatch(view, app) ?? {};
    if (latched !== (state.active !== regions[0])) {
      return `the latch of ${app} is ${latched ? 'set' : 'open'}, but ${state.active} serves`;
    }
    const { region } = view.answeredRegion(app, undefined);
    // Whoever took its last task away by hand leaves a region that is down, and a gate may be closed.
    if (region !== state.active && state.refused === undefined)
      return `${app} leads to ${region}, but ${state.active} serves`;
    return undefined;
  },
};
