import { wholeImageProblem } from '../whole-image.ts';
import type { Invariant } from './invariant.ts';

export const tagsMeanWholeImages: Invariant = {
  name: 'tags-mean-whole-images',
  sentence: 'a copied tag is visible only when every part of its image is there',
  watch: (watched, broken) => {
    watched.onCall('ecr:PutImage', ({ region, input }) => {
      const { repositoryName: repository, imageTag: tag } = input;
      if (typeof tag !== 'string' || typeof repository !== 'string') return;
      const problem = wholeImageProblem(watched.view, region, repository, tag);
      if (problem !== undefined) broken(problem);
    });
  },
};
