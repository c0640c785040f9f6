import { canRunHere } from '../can-run-here.ts';
import type { Invariant } from './invariant.ts';

export const gatesAreKept: Invariant = {
  name: 'gates-are-kept',
  sentence:
    'unless a person forces it, traffic moves only to a region that serves, or that lacks ' +
    'nothing but tasks, and by itself only where the fleet file says `automatic`',
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
      for (const [service, floor] of Object.entries(move.floors)) {
        const isEmpty = sightings.desired(app, move.to, service) < floor;
        if (!isEmpty && sightings.healthyMax(app, move.to, service) === 0) {
          broken(`${app} moves to ${move.to}, where no task of ${service} is healthy`);
        }
        const problem = canRunHere(view, { app, region: move.to, service });
        if (problem !== undefined) broken(`${app} moves to ${move.to}, but ${problem}`);
      }
    });
  },
};
