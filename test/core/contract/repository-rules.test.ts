import { expect, test } from '@jest/globals';
import type { Fleet } from '../../../core/contract/fleet.ts';
import { checkRepositories } from '../../../core/contract/repository-rules.ts';
import { fleetOfTest } from '../fleet-of-test.ts';

const [east, west] = ['us-east-1', 'us-west-2'];

/** An application that is pushed to `repository` at home and copied to the other region. */
function application(repository: string, home: string, repositoryIn: object = {}) {
  const image = { repository, tags: { glob: '*' } };
  return fleetOfTest({ image, home, replication: { repositoryIn } }).applications['storefront'];
}

test.each([
  ['nothing else', application('shop/other', east), undefined],
  ['what is copied there', application('mirror/web', east), /where the images of other are copied/],
  ['what is pushed there', application('mirror/web', west), /where the images of other are pushed/],
  ['what is mapped there', application('shop/other', east, { [west]: 'mirror/web' }), /copied to/],
  ['the same images', application('shop/web', east, { [west]: 'mirror/web' }), undefined],
  ['another region', application('shop/other', west, { [east]: 'mirror/web' }), undefined],
])('a name that in its region belongs to %s', (_title, other, problem) => {
  const web = application('shop/web', east, { [west]: 'mirror/web' });
  const fleet = { ...fleetOfTest(), applications: { web, other } } as Fleet;
  if (web === undefined) throw new Error('the fleet has an application');
  const found = checkRepositories(fleet, 'web', web);
  expect(found.map(({ path }) => path.join('.'))).toEqual(
    problem === undefined ? [] : [`replication.repositoryIn.${west}`],
  );
  expect(found[0]?.message ?? '').toMatch(problem ?? /^$/);
});
