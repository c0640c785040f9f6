import type { AtRest } from './at-rest.ts';

export const noticesArrive: AtRest = {
  name: 'notices-arrive',
  sentence: 'every notice in the journal was sent',
  look: (view, app) => {
    const sent = new Set(view.notices().map(({ attributes }) => attributes['id']));
    const lost = view
      .records()
      .find(({ decision, notice, id }) => decision.app === app && notice && !sent.has(id));
    return lost === undefined ? undefined : `nobody got: ${lost.notice?.subject ?? ''}`;
  },
};
