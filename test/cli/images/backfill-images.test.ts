import { afterEach, expect, test } from '@jest/globals';
import { backfillImages } from '../../../cli/images/backfill-images.ts';
import { Library } from '../../core/replication/library.ts';
import { outputOf, targetOf } from './shop-target.ts';

afterEach(() => {
  process.exitCode = 0;
});

const plan = async (library: Library) => {
  const options = { tags: [], isDryRun: true, isWaited: true, timeout: '1m' };
  const { written } = await outputOf((output) =>
    backfillImages(targetOf(library), 'storefront', options, output),
  );
  return { written, exitCode: Number(process.exitCode ?? 0) };
};

test('shows what each region lacks, and changes nothing', async () => {
  const library = new Library();
  const { digest } = library.home.addImage('one', '1.0.0');
  const found = await plan(library);
  expect(found).toEqual({
    written: [
      expect.objectContaining({ kind: 'planned', digest, regions: ['us-west-2', 'eu-west-1'] }),
      expect.objectContaining({ kind: 'plan', selected: 1, images: 1, copies: 2, silent: [] }),
    ],
    exitCode: 0,
  });
  expect(library.cloud.effects).toEqual([]);
});

test('does not call a region whole that gave no answer', async () => {
  const library = new Library();
  library.home.addImage('one', '1.0.0');
  await library.wake();
  library.target.tagged.clear();
  library.target.failure = new Error('ECR gives no answer');
  const { written, exitCode } = await plan(library);
  expect(written).toMatchObject([{ kind: 'plan', images: 0, silent: ['us-west-2'] }]);
  expect(exitCode).toBe(5);
});
