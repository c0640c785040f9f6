import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { chooseRecords } from '../../../../sandbox/services/route53/choose-records.ts';
import type { RecordSet } from '../../../../sandbox/services/route53/hosted-zone.ts';

const record = (SetIdentifier: string, more: object): RecordSet => ({
  Name: 'shop.example.',
  Type: 'A',
  SetIdentifier,
  ...more,
});
const failover = [record('p', { Failover: 'PRIMARY' }), record('s', { Failover: 'SECONDARY' })];
const weighted = (...weights: readonly number[]) =>
  weights.map((Weight, at) => record(String(at), { Weight }));
const latency = ['us-east-1', 'eu-west-1', 'ap-northeast-1'].map((Region) =>
  record(Region, { Region }),
);
const multivalue = Array.from({ length: 10 }, (_, at) =>
  record(String(at), { MultiValueAnswer: true }),
);

function choose(
  records: readonly RecordSet[],
  options: { healthy: readonly string[]; random?: number; from?: string },
) {
  const { healthy, random = 0, from } = options;
  return chooseRecords(records, {
    isHealthy: ({ SetIdentifier: id = '' }) => healthy.includes(id),
    random: () => random,
    clientRegion: from,
  }).map(({ SetIdentifier: id }) => id);
}

describe('failover records', () => {
  test.each<readonly [string, readonly string[], string]>([
    ['both healthy', ['p', 's'], 'p'],
    ['the primary down', ['s'], 's'],
    ['the secondary down', ['p'], 'p'],
    ['both down: fail open', [], 'p'],
  ])('answer with %s', (_title, healthy, id) => {
    expect(choose(failover, { healthy })).toEqual([id]);
  });
});

describe('weighted records', () => {
  test.each<readonly [string, readonly number[], readonly string[], number, string]>([
    ['by weight, the first', [25, 75], ['0', '1'], 0.24, '0'],
    ['by weight, the second', [25, 75], ['0', '1'], 0.26, '1'],
    ['without the unhealthy', [25, 75], ['0'], 0.9, '0'],
    ['never with weight 0 while another is healthy', [0, 1], ['0', '1'], 0, '1'],
    ['with weight 0 when all with a weight are unhealthy', [0, 1], ['0'], 0.5, '0'],
    ['as if all were healthy when none is', [25, 75], [], 0.26, '1'],
    ['evenly when all weights are 0', [0, 0], ['0', '1'], 0.6, '1'],
  ])('answer %s', (...[, weights, healthy, random, id]) => {
    expect(choose(weighted(...weights), { healthy, random })).toEqual([id]);
  });
});

describe('latency records', () => {
  const all = latency.map(({ SetIdentifier: id = '' }) => id);

  test.each<readonly [string, readonly string[], string, string]>([
    ['the region itself', all, 'eu-west-1', 'eu-west-1'],
    ['the nearest region', all, 'eu-central-1', 'eu-west-1'],
    [
      'the next one when that is unhealthy',
      ['us-east-1', 'ap-northeast-1'],
      'eu-central-1',
      'us-east-1',
    ],
    ['the nearest when all are unhealthy', [], 'ap-southeast-1', 'ap-northeast-1'],
  ])('answer with %s', (_title, healthy, from, id) => {
    expect(choose(latency, { healthy, from })).toEqual([id]);
  });
});

describe('multivalue records', () => {
  test('answer with up to eight healthy ones', () => {
    const ids = multivalue.map(({ SetIdentifier: id = '' }) => id);
    expect(choose(multivalue, { healthy: ids })).toHaveLength(8);
    expect(choose(multivalue, { healthy: ['3', '7'] }).sort()).toEqual(['3', '7']);
    expect(choose(multivalue, { healthy: [] })).toHaveLength(8);
  });
});

test('something is always answered, and a healthy record while there is one with a weight', () => {
  const weights = fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(
      weights,
      fc.integer({ min: 0, max: 63 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (all, mask, random) => {
        const records = weighted(...all);
        const healthy = all.flatMap((_, at) => (((mask >> at) & 1) === 1 ? [String(at)] : []));
        const [id = ''] = choose(records, { healthy, random });
        expect(id).not.toBe('');
        if (healthy.length > 0) expect(healthy).toContain(id);
      },
    ),
  );
});
