import { journalKeys } from '../../core/contract/journal.ts';
import type { RolloutDocument } from '../../core/rollout/rollout-state.ts';
import type { Invariant } from './invariant.ts';

export const oneDeploymentEach: Invariant = {
  name: 'one-deployment-each',
  sentence: 'a rollout deploys each service once in each region',
  watch: (watched, broken) => {
    const { view } = watched;
    const deployed = new Map<string, string>();
    watched.onCall('ecs:UpdateService', ({ region, input }) => {
      const { service, taskDefinition } = input;
      if (typeof taskDefinition !== 'string') return;
      const found = view.fleetService(String(service));
      const document = view.document(journalKeys.rollout(found.app)) as RolloutDocument | undefined;
      const { current } = document ?? {};
      if (current === undefined || view.digestIn(region, taskDefinition) !== current.digest) return;
      const place = `${current.id} ${region}/${found.service}`;
      const before = deployed.get(place) ?? taskDefinition;
      deployed.set(place, taskDefinition);
      if (before === taskDefinition) return;
      broken(`${found.service} in ${region} gets ${current.tag} a second time`);
    });
  },
};
