import { journalKeys } from '../../core/contract/journal.ts';
import type { Standing } from '../../core/decision-journal.ts';
import type { AtRest } from './at-rest.ts';

export const aRegionServes: AtRest = {
  name: 'a-region-serves',
  sentence:
    'the region that serves, in the DNS and in the journal, is well, or the journal says why not',
  look: (view, app) => {
    const { traffic } = view.application(app);
    if (traffic === undefined) return undefined;
    const { region } = view.answeredRegion(app, undefined);
    const places = [region, view.failover(app).active];
    const ill = places.find((place) => place === 'nowhere' || !view.isWell(app, place));
    if (ill === undefined) return undefined;
    const key = journalKeys.standing(app, 'failover', 'traffic');
    const standing = view.document(key) as Standing | undefined;
    const { code = 'HEALTHY' } = standing?.decision.reason ?? {};
    if (code !== 'HEALTHY') return undefined;
    return `${app} is served by ${ill}, which is ill, and nobody knows`;
  },
};
