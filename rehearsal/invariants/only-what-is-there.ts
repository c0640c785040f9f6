import { imageMissing } from '../can-run-here.ts';
import type { Invariant } from './invariant.ts';

export const onlyWhatIsThere: Invariant = {
  name: 'only-what-is-there',
  sentence: 'no region is told to run an image that it lacks',
  watch: (watched, broken) => {
    watched.onCall('ecs:UpdateService', ({ region, input: { taskDefinition } }) => {
      if (typeof taskDefinition !== 'string') return;
      const problem = imageMissing(watched.view, region, taskDefinition);
      if (problem !== undefined) broken(`${taskDefinition} is deployed, but ${problem}`);
    });
  },
};
