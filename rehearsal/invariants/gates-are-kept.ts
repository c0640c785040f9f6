import { canRunHere } from '../can-run-here.ts';
import type { Invariant } from './invariant.ts';

export const gatesAreKept: Invariant = {
  name: 'gates-are-kept',
  sentence:
    'unless a person forces it, traffic moves only to a region that answers users and can pull ' +
    'what it runs, and by itself only where the fleet file says `automatic`',
  watch: (watched, broken) => {
    const { view, sightings } = watched;
    watched.onFailover(({ app, application, before, after }) => {
      const { move } = after;
      if (move === undefined || move.mode === 'forced' || after.epoch === before.epoch) return;
      if (move.mode === 'automatic' && application.failover?.automatic !== true) {
        broken(`${app} moves by itself, which its fleet file forbids`);
      }
      if (!sightings.wasReached(app, move.to)) {
        broken(`${app} moves to ${move.to}, which answers nobody`);
      }
      for (const service of Object.keys(application.services)) {
        const problem = canRunHere(view, { app, region: move.to, service });
        if (problem !== undefined) broken(`${app} moves to ${move.to}, but ${problem}`);
      }
    });
  },
};
