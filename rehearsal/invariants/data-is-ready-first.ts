import type { Invariant } from './invariant.ts';

export const dataIsReadyFirst: Invariant = {
  name: 'data-is-ready-first',
  sentence: 'unless a person forces it, no move passes an alarm on the data that is not OK',
  watch: (watched, broken) => {
    watched.onFailover(({ app, application, before, after }) => {
      const { move } = after;
      if (move === undefined || move.mode === 'forced' || after.epoch !== before.epoch) return;
      const passed = application.failover?.data.slice(before.move?.dataDone ?? 0, move.dataDone);
      for (const step of passed ?? []) {
        if (!('alarm' in step) || watched.sightings.wasAlarm(move.to, step.alarm, 'OK')) continue;
        broken(`${app} passes ${step.alarm} in ${move.to}, which was not OK`);
      }
    });
  },
};
