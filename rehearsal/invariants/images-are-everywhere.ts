import { journalKeys } from '../../core/contract/journal.ts';
import { repositoryIn } from '../../core/contract/repository-in.ts';
import type { ReplicatedImage } from '../../core/replicated-image.ts';
import { newestTag } from '../../core/tag-policy.ts';
import { wholeImageProblem } from '../whole-image.ts';
import type { AtRest } from './at-rest.ts';

export const imagesAreEverywhere: AtRest = {
  name: 'images-are-everywhere',
  sentence: 'the newest image of the home region is whole in every region',
  look: (view, app) => {
    const application = view.application(app);
    const { home, regions, image } = application;
    const newest = newestTag(image.tags, view.tags(app, home));
    if (newest === undefined) return undefined;
    const { digest, tag } = newest;
    const record = view.document(journalKeys.image(app, digest)) as ReplicatedImage | undefined;
    if (record?.refused !== undefined) return undefined;
    for (const region of regions) {
      if (view.tagged(app, region, tag) !== digest) return `${app} ${tag} is not in ${region}`;
      const problem = wholeImageProblem(view, region, repositoryIn(application, region), tag);
      if (problem !== undefined) return problem;
    }
    return undefined;
  },
};
