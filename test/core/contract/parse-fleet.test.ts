import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import semver from 'semver';
import { parse } from 'yaml';
import { journalRegions } from '../../../core/contract/fleet-rules.ts';
import { type FleetProblem, parseFleet } from '../../../core/contract/parse-fleet.ts';

type Tree = Record<string, unknown>;

const example = () => parse(readFileSync('examples/shop/fleet.yaml', 'utf8')) as Tree;

/** The example with one value replaced; `undefined` removes it. */
function withValue(path: string, value: unknown, from: Tree = example()): Tree {
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  let place = from;
  for (const key of keys) place = (place[key] ??= {}) as Tree;
  if (value === undefined) Reflect.deleteProperty(place, last);
  else place[last] = value;
  return from;
}

function problems(value: unknown): readonly FleetProblem[] {
  const parsed = parseFleet(value);
  return parsed.ok ? [] : parsed.problems;
}

test('parses the example', () => {
  const parsed = parseFleet(example());
  expect(parsed.ok).toBe(true);
  if (!parsed.ok) return;
  expect(parsed.fleet.applications['orders']?.failover?.cooldown).toBe(1_800_000);
  expect(journalRegions(parsed.fleet)).toEqual({
    replicas: ['us-east-1', 'us-west-2', 'us-east-2'],
  });
});

const shop = 'applications.storefront';

test.each<[string, unknown, RegExp, RegExp]>([
  ['regionz', {}, /no key regionz at the top/, /did you mean regions/],
  [`${shop}.imagee`, {}, /no key imagee/, /did you mean image/],
  [`${shop}.image.tags`, { semvr: '1' }, /no key semvr/, /did you mean semver/],
  [`${shop}.image.tags`, { glob: 'a', semver: '1' }, /none of its forms|no key/, /known/],
  [`${shop}.failover.data`, [{ alarn: 'x' }], /no key alarn/, /did you mean alarm/],
  [`${shop}.xyzzy`, 1, /no key xyzzy/, /known here: mode/],
  [`${shop}.home`, undefined, /home is missing/, /add home/],
  [`${shop}.mode`, 'active-pasive', /cannot be "active-pasive"/, /did you mean active-passive/],
  [`${shop}.rollout.bake`, '5 minutes', /bake cannot be "5 minutes"/, /30s, 10m/],
  [`${shop}.services.web.max`, 0, /max is out of range/, /at least 1/],
  [`${shop}.services.web.max`, 'ten', /max is "ten"/, /write a number/],
  [`${shop}.services.Web`, {}, /Web cannot be a name/, /lower-case/],
  [`${shop}.freeze`, [{ from: 'soon', to: 'later', reason: 'x' }], /from cannot be "soon"/, /2026/],
  ['version', 2, /version cannot be 2/, /write 1/],
  ['applications', [], /applications is a list/, /keys with values/],
])('rejects %s: %j, and says what to do', (path, value, message, remedy) => {
  const [first] = problems(withValue(path, value));
  expect(first?.message).toMatch(message);
  expect(first?.remedy).toMatch(remedy);
  expect(first?.path.slice(0, path.split('.').length - 1)).toEqual(path.split('.').slice(0, -1));
});

const metric = `${shop}.scaling.busy.metric`;
const steps = `${shop}.scaling.busy.steps`;

describe('rejects what does not fit together', () => {
  test.each<[string, string, unknown, RegExp]>([
    [
      'a region outside the fleet',
      `${shop}.regions`,
      ['us-east-1', 'eu-west-1'],
      /not a region of the fleet/,
    ],
    ['an observer that runs services', `${shop}.regions`, ['us-east-1', 'us-east-2'], /observer/],
    ['a home elsewhere', `${shop}.home`, 'us-east-2', /home us-east-2/],
    ['no services', `${shop}.services`, {}, /has services/],
    ['min above max', `${shop}.services.web.min`, 11, /min 11 is above max 10/],
    [
      'a grace that leaves nobody time',
      `${shop}.replication`,
      { deletion: { grace: '59m' } },
      /a grace of 59m leaves nobody time/,
    ],
    [
      'a rescue after the deadline',
      `${shop}.replication`,
      { engine: 'native', rescueAfter: '30m', deadline: '30m' },
      /rescue after 30m comes too late/,
    ],
    ...[
      { exclude: [{ glob: 'v*' }] },
      { referrers: 'required' },
      { createRepositories: false },
      { repositoryIn: { 'us-west-2': 'mirror/storefront' } },
      { kmsKeys: { 'us-west-2': 'arn:aws:kms:us-west-2:123456789012:key/a' } },
      { overwrite: false },
      { onImmutableConflict: 'suffix' },
    ].map((asked): [string, string, unknown, RegExp] => [
      `an engine that cannot do ${JSON.stringify(asked)}`,
      `${shop}.replication`,
      { engine: 'native', ...asked },
      /engine native cannot do that: ECR/,
    ]),
    ...[
      ['eu-west-1', 'mirror/api', /eu-west-1 is not a region of this application/],
      ['us-east-1', 'mirror/api', /us-east-1 is the home/],
      ['us-west-2', 'shop/orders', /shop\/orders in us-west-2 is where the images of orders are/],
      ['us-west-2', 'Mirror/api', /cannot be "Mirror\/api"/],
      ['us-west-2', 'mirror//api', /cannot be "mirror\/\/api"/],
      ['us-west-2', 'm', /out of range/],
    ].map(([region, name, problem]): [string, string, unknown, RegExp] => [
      `${String(name)} as the repository in ${String(region)}`,
      `${shop}.replication.repositoryIn`,
      { [String(region)]: name },
      problem as RegExp,
    ]),
    [
      'a key of a region that gets no images',
      `${shop}.replication.kmsKeys`,
      { 'eu-west-1': 'arn:aws:kms:eu-west-1:123456789012:key/a' },
      /eu-west-1 is not a region of this application/,
    ],
    ['a broken range', `${shop}.image.tags`, { semver: '>=one' }, /not a range/],
    ['a broken regex', `${shop}.image.tags`, { regex: '(' }, /regular expression/i],
    [
      'an order without a group',
      `${shop}.image.tags`,
      { regex: 'v.*', order: 'numerical' },
      /capture group/,
    ],
    ['no endpoint', `${shop}.traffic.endpoints.us-west-2`, undefined, /no endpoint for us-west-2/],
    ['a policy that does not fit', `${shop}.traffic.policy`, 'weighted', /does not fit mode/],
    ['an interval of 20s', `${shop}.traffic.check.interval`, '20s', /10 or 30 seconds/],
    ['a record outside its zone', `${shop}.traffic.record`, 'example.org', /not in the zone/],
    ['failover without traffic', `${shop}.traffic`, undefined, /no traffic to move/],
    ['failover in active-active', `${shop}.mode`, 'active-active', /active-active/],
    [
      'a freeze that ends first',
      `${shop}.freeze`,
      [{ from: '2026-12-24T00:00:00Z', to: '2026-12-23T00:00:00Z', reason: 'x' }],
      /before it starts/,
    ],
    ['a sweep of seconds', 'sweepEvery', '90s', /precision of one minute/],
    ['an unknown service', `${shop}.scaling.busy.service`, 'api', /no service api/],
    ['metric and alarm', `${shop}.scaling.busy.alarm`, 'mine', /either a metric or an alarm/],
    ['neither', metric, undefined, /either a metric or an alarm/],
    ['a period of 45s', `${metric}.period`, '45s', /no such period/],
    ['3 of 2 datapoints', `${metric}.evaluate`, { datapoints: 3, of: 2 }, /never breach/],
    ['a magnitude without percent', `${shop}.scaling.busy.minMagnitude`, 2, /no meaning/],
    ['a fraction of a task', steps, [{ from: 0, by: 1.5 }], /not whole/],
    [
      'steps that overlap',
      steps,
      [
        { from: 0, to: 10, by: 1 },
        { from: 5, by: 2 },
      ],
      /overlap/,
    ],
    [
      'steps with a gap',
      steps,
      [
        { from: 0, to: 10, by: 1 },
        { from: 15, by: 2 },
      ],
      /gap/,
    ],
    [
      'two open ends',
      steps,
      [
        { from: 0, by: 1 },
        { from: 10, by: 2 },
      ],
      /several steps have no to/,
    ],
    ['a step without bounds', steps, [{ by: 1 }], /needs from or to/],
    ['bounds upside down', steps, [{ from: 10, to: 5, by: 1 }], /not above/],
    ['no open upper end', steps, [{ from: 0, to: 10, by: 1 }], /above the threshold/],
    ['no open lower end', steps, [{ from: -10, to: 0, by: 1 }], /below the threshold/],
    [
      'a step on the quiet side',
      steps,
      [
        { to: 0, by: 1 },
        { from: 0, by: 2 },
      ],
      /does not breach/,
    ],
  ])('%s', (_name, path, value, message) => {
    expect(problems(withValue(path, value)).map((problem) => problem.message)).toEqual(
      expect.arrayContaining([expect.stringMatching(message)]),
    );
  });

  test('a count below zero', () => {
    const value = withValue(
      steps,
      [{ from: 0, by: -1 }],
      withValue(`${shop}.scaling.busy.adjustment`, 'exact'),
    );
    expect(problems(value)[0]?.message).toMatch(/exactly -1/);
  });
});

describe('the journal', () => {
  test('refuses automatic failover between two regions and names the remedy', () => {
    const value = withValue(
      'coordination.witness',
      'us-east-2',
      withValue('regions.us-east-2', undefined),
    );
    const [first] = problems(value);
    expect(first).toMatchObject({ path: ['applications', 'storefront', 'failover', 'automatic'] });
    expect(first?.remedy).toContain('observer');
  });

  test.each<[string, Tree, RegExp]>([
    ['two regions without a witness', withValue('regions.us-east-2', undefined), /third place/],
    [
      'four regions without a choice',
      withValue('regions.ca-central-1', { role: 'observer' }),
      /exactly three/,
    ],
    [
      'three regions and a witness',
      withValue('coordination.witness', 'us-east-2'),
      /witness joins two/,
    ],
    [
      'a set that is left',
      withValue('coordination.regions', ['us-east-1', 'us-west-2', 'eu-west-1']),
      /strong consistency ends/,
    ],
    [
      'a region twice',
      withValue('coordination.regions', ['us-east-1', 'us-east-1', 'us-west-2']),
      /twice/,
    ],
  ])('rejects %s', (_name, value, message) => {
    expect(problems(value).map((problem) => problem.message)).toEqual(
      expect.arrayContaining([expect.stringMatching(message)]),
    );
  });

  test('asks nothing of a fleet of one region without failover', () => {
    const one = {
      version: 1,
      name: 'one',
      regions: { 'sa-east-1': { role: 'workload' } },
      applications: {
        app: {
          regions: ['sa-east-1'],
          home: 'sa-east-1',
          services: { web: { cluster: 'c', service: 's', container: 'w' } },
          image: { repository: 'app', tags: { glob: '*' } },
        },
      },
    };
    expect(problems(one)).toEqual([]);
  });
});

test('every range that semver knows is taken', () => {
  for (const range of ['>=1.2.0 <2.0.0', '^1.4', '1.x', '~2', '1.0.0 - 2.0.0', '*', '1 || 2']) {
    expect(semver.validRange(range)).not.toBeNull();
    expect(problems(withValue(`${shop}.image.tags`, { semver: range }))).toEqual([]);
  }
});
