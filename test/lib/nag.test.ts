import { expect, test } from '@jest/globals';
import { AwsSolutionsChecks } from 'cdk-nag';
import { synthesize } from './synthesize.ts';

test('cdk-nag finds nothing that is not explained where it stands', () => {
  const { app } = synthesize();
  const { violations } = new AwsSolutionsChecks(app).validateScope(app);
  const found = violations.map(({ ruleName, description, violatingResources }) => ({
    ruleName,
    description,
    where: violatingResources.map(({ resourceLogicalId }) => resourceLogicalId),
  }));
  expect(found).toEqual([]);
});
