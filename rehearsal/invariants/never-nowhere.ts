import type { Invariant } from './invariant.ts';

export const neverNowhere: Invariant = {
  name: 'never-nowhere',
  sentence: 'the DNS always has an answer',
  watch: (watched, broken) => {
    const { view } = watched;
    watched.onMoment(() => {
      for (const [app, { traffic }] of Object.entries(view.cloud.fleet.applications)) {
        if (traffic === undefined) continue;
        const { region } = view.answeredRegion(app, undefined);
        if (region === 'nowhere') broken(`${app} has no answer in the DNS`);
      }
    });
  },
};
