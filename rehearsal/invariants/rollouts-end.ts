import { journalKeys } from '../../core/contract/journal.ts';
import { repositoryIn } from '../../core/contract/repository-in.ts';
import { isUnderWay, type RolloutDocument } from '../../core/rollout/rollout-state.ts';
import type { WorldView } from '../world-view.ts';
import type { AtRest } from './at-rest.ts';

export const rolloutsEnd: AtRest = {
  name: 'rollouts-end',
  sentence:
    'no rollout is under way, except one that people know to wait for an image that was deleted, ' +
    'and after one that succeeded its image alone runs everywhere',
  look: (view, app) => {
    const document = view.document(journalKeys.rollout(app)) as RolloutDocument | undefined;
    const current = document?.current;
    if (current === undefined) return undefined;
    if (isUnderWay(current)) {
      if (current.haltedAtMs !== undefined && isDeleted(view, app, current.digest))
        return undefined;
      return `the rollout of ${app} ${current.tag} is ${current.state}`;
    }
    if (current.state !== 'SUCCEEDED') return undefined;
    for (const region of view.application(app).regions) {
      const others = view.digests(app, region).filter((digest) => digest !== current.digest);
      if (others.length > 0) return `${app} in ${region} does not run ${current.tag} alone`;
    }
    return undefined;
  },
};

function isDeleted(view: WorldView, app: string, digest: string): boolean {
  const application = view.application(app);
  const { ecr } = view.cloud.built.models;
  return application.regions.some((region) => {
    const repository = ecr.find(region, repositoryIn(application, region));
    return repository?.images.has(digest) !== true;
  });
}
