import { describe, expect, test } from '@jest/globals';
import type { Fleet } from '../../../core/contract/fleet.ts';
import { chooseEngine } from '../../../core/contract/replication-engine.ts';
import { fleetOfTest } from '../fleet-of-test.ts';

const every = { glob: '*' };

/** A fleet of one application of each name, with what is said of it. */
function fleetOf(applications: Readonly<Record<string, Readonly<Record<string, unknown>>>>): Fleet {
  const fleets = Object.entries(applications).map(([app, { repository, tags, ...changes }]) => {
    const image = { repository: repository ?? `shop/${app}`, tags: tags ?? every };
    const { storefront } = fleetOfTest({ image, ...changes }).applications;
    return [app, storefront] as const;
  });
  return { ...fleetOfTest(), applications: Object.fromEntries(fleets) } as Fleet;
}

const auto = { replication: { engine: 'auto' } };

describe('the engine of an application', () => {
  test.each([
    ['is copy when nothing is said', {}, 'copy', 'ENGINE_COPY'],
    [
      'is native when the fleet file says so',
      { replication: { engine: 'native' } },
      'native',
      'ENGINE_NATIVE',
    ],
    [
      'is native even where tags are chosen, when the fleet file says so',
      { replication: { engine: 'native' }, tags: { semver: '*' } },
      'native',
      'ENGINE_NATIVE',
    ],
    ['has nothing to do in one region', { ...auto, regions: ['us-east-1'] }, 'copy', 'ENGINE_IDLE'],
  ])('%s', (_title, application, engine, code) => {
    const choice = chooseEngine(fleetOf({ web: application }), 'web');
    expect([choice.engine, choice.reason.code]).toEqual([engine, code]);
  });

  test.each([
    [{ glob: '*' }, 'AUTO_NATIVE'],
    [{ glob: '**' }, 'AUTO_NATIVE'],
    [{ regex: '.*' }, 'AUTO_NATIVE'],
    [{ regex: '(.+)', order: 'alphabetical' }, 'AUTO_NATIVE'],
    [{ glob: 'v*' }, 'AUTO_TAGS_CHOSEN'],
    [{ regex: 'v.*' }, 'AUTO_TAGS_CHOSEN'],
    [{ semver: '*' }, 'AUTO_TAGS_CHOSEN'],
  ])('auto with tags %j is %s', (tags, code) => {
    expect(chooseEngine(fleetOf({ web: { ...auto, tags } }), 'web').reason.code).toBe(code);
  });

  test.each([
    [{ exclude: [{ glob: '*-arm' }] }, 'exclude', 'every tag'],
    [{ referrers: 'skip' }, 'referrers', 'signatures'],
    [{ referrers: 'required' }, 'referrers', 'signatures'],
    [{ createRepositories: false }, 'createRepositories', 'makes a repository'],
    [{ kmsKeys: { 'us-west-2': 'arn:aws:kms:us-west-2:1:key/a' } }, 'kmsKeys', 'key'],
    [{ overwrite: false }, 'overwrite', 'moves a tag'],
    [{ onImmutableConflict: 'suffix' }, 'onImmutableConflict', 'without a tag'],
  ])('auto copies for %j and names the field', (more, field, instead) => {
    const fleet = fleetOf({ web: { replication: { engine: 'auto', ...more } } });
    const { engine, reason } = chooseEngine(fleet, 'web');
    expect([engine, reason.code]).toEqual(['copy', 'AUTO_BEYOND_RULES']);
    expect(reason.text).toContain(`replication.${field}: ECR`);
    expect(reason.text).toContain(instead);
  });

  test.each([
    [{ onImmutableConflict: 'push-untagged' }, { glob: '*' }, 'AUTO_NATIVE'],
    [{ deadline: '2h', rescueAfter: '20m' }, { glob: '*' }, 'AUTO_NATIVE'],
    [{ include: [{ glob: '*' }] }, { semver: '*' }, 'AUTO_NATIVE'],
    [{ include: [{ glob: 'debug-*' }] }, { semver: '*' }, 'AUTO_TAGS_CHOSEN'],
  ])('auto with %j and tags %j is %s', (more, tags, code) => {
    const fleet = fleetOf({ web: { replication: { engine: 'auto', ...more }, tags } });
    expect(chooseEngine(fleet, 'web').reason.code).toBe(code);
  });

  test.each([
    ['another name with the same beginning that stays home', { regions: ['us-east-1'] }, false],
    ['another name with the same beginning whose tags are chosen', { tags: { glob: 'v*' } }, false],
    [
      'another name with the same beginning that excludes tags',
      { replication: { exclude: [{ glob: 'v*' }] } },
      false,
    ],
    ['another name with the same beginning that goes there too', {}, true],
    [
      'another name that begins otherwise',
      { repository: 'shop/api', regions: ['us-east-1'] },
      true,
    ],
    ['the same repository', { repository: 'shop/web', regions: ['us-east-1'] }, true],
  ])('auto minds %s', (_title, other, isNative) => {
    const fleet = fleetOf({ web: auto, 'web-admin': other });
    expect(chooseEngine(fleet, 'web').reason).toMatchObject({
      code: isNative ? 'AUTO_NATIVE' : 'AUTO_PREFIX_REACHES_FURTHER',
    });
  });
});
