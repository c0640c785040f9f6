import type { AtRest } from './at-rest.ts';

export const movesAreRecorded: AtRest = {
  name: 'moves-are-recorded',
  sentence: 'every move has a record of its beginning and one of its end',
  look: (view, app) => {
    const actions = view
      .records()
      .filter(({ loop, decision }) => loop === 'failover' && decision.app === app)
      .map(({ decision }) => decision as typeof decision & { readonly epoch?: number });
    for (const { epoch, to } of view.failover(app).flips) {
      for (const action of ['start', 'finish']) {
        if (actions.some((one) => one.action === action && one.epoch === epoch)) continue;
        return `the move of ${app} to ${to} in epoch ${epoch} has no record of its ${action}`;
      }
    }
    return undefined;
  },
};
