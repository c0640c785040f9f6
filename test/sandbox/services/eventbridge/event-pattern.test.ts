import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compilePattern } from '../../../../sandbox/services/eventbridge/event-pattern.ts';

const event = {
  version: '0',
  id: '1',
  'detail-type': 'EC2 Instance State-change Notification',
  source: 'aws.ec2',
  account: '123456789012',
  time: '2026-11-20T06:48:12Z',
  region: 'us-west-2',
  resources: [
    'arn:aws:ec2:us-west-2:123456789012:instance/i-1234567890abcdef0',
    'arn:aws:ecs:us-west-2:123456789012:service/shop/web',
  ],
  detail: {
    state: 'terminated',
    empty: '',
    nothing: null,
    ok: true,
    count: 5,
    limit: 300.0,
    path: 'dir/lib/app*.png',
    ip: '10.0.0.7',
    ip6: '2001:db8::1',
    tags: ['a', 'b'],
    list: [],
    items: [
      { name: 'one', size: 1 },
      { name: 'two', size: 2 },
    ],
    nested: { deep: { Name: 'AliCe' } },
  },
};

describe('an event pattern', () => {
  test.each<readonly [title: string, pattern: object, isMatch: boolean]>([
    ['equal strings', { source: ['aws.ec2'] }, true],
    ['one of several', { source: ['aws.ecs', 'aws.ec2'] }, true],
    ['another string', { source: ['aws.ecs'] }, false],
    ['other letters', { source: ['AWS.EC2'] }, false],
    ['all fields', { source: ['aws.ec2'], region: ['us-east-1'] }, false],
    ['an element of an array', { detail: { tags: ['b'] } }, true],
    ['no element of an array', { detail: { tags: ['c'] } }, false],
    ['the empty string', { detail: { empty: [''] } }, true],
    ['null', { detail: { nothing: [null] } }, true],
    ['null against a missing field', { detail: { absent: [null] } }, false],
    ['a boolean', { detail: { ok: [true] } }, true],
    ['a number', { detail: { limit: [300] } }, true],
    ['a number against its text', { detail: { count: ['5'] } }, false],
    ['a nested field', { detail: { nested: { deep: { Name: ['AliCe'] } } } }, true],
    ['a prefix', { region: [{ prefix: 'us-' }] }, true],
    ['another prefix', { region: [{ prefix: 'eu-' }] }, false],
    ['a prefix in any case', { region: [{ prefix: { 'equals-ignore-case': 'US-' } }] }, true],
    ['a suffix of an element', { resources: [{ suffix: ':service/shop/web' }] }, true],
    ['another suffix', { resources: [{ suffix: ':service/shop/api' }] }, false],
    [
      'a suffix in any case',
      { detail: { path: [{ suffix: { 'equals-ignore-case': '.PNG' } }] } },
      true,
    ],
    [
      'any case',
      { detail: { nested: { deep: { Name: [{ 'equals-ignore-case': 'alice' }] } } } },
      true,
    ],
    ['anything but', { detail: { state: [{ 'anything-but': 'initializing' }] } }, true],
    ['anything but this', { detail: { state: [{ 'anything-but': 'terminated' }] } }, false],
    [
      'anything but a list',
      { detail: { state: [{ 'anything-but': ['x', 'terminated'] }] } },
      false,
    ],
    ['anything but numbers', { detail: { count: [{ 'anything-but': [4, 6] }] } }, true],
    ['anything but, in an array', { detail: { tags: [{ 'anything-but': 'a' }] } }, true],
    ['anything but, missing', { detail: { absent: [{ 'anything-but': 'a' }] } }, false],
    ['anything but a prefix', { region: [{ 'anything-but': { prefix: 'us-' } }] }, false],
    ['anything but prefixes', { region: [{ 'anything-but': { prefix: ['eu-', 'ap-'] } }] }, true],
    ['anything but a suffix', { detail: { path: [{ 'anything-but': { suffix: '.jpg' } }] } }, true],
    [
      'anything but a wildcard',
      { detail: { path: [{ 'anything-but': { wildcard: '*/lib/*' } }] } },
      false,
    ],
    [
      'anything but in any case',
      { detail: { state: [{ 'anything-but': { 'equals-ignore-case': ['TERMINATED'] } }] } },
      false,
    ],
    ['equal numbers', { detail: { count: [{ numeric: ['=', 5] }] } }, true],
    ['a range', { detail: { count: [{ numeric: ['>', 0, '<=', 5] }] } }, true],
    ['an open range', { detail: { count: [{ numeric: ['<', 5] }] } }, false],
    ['numeric against text', { detail: { state: [{ numeric: ['>', 0] }] } }, false],
    ['exists', { detail: { state: [{ exists: true }] } }, true],
    ['exists, missing', { detail: { absent: [{ exists: true }] } }, false],
    ['exists not', { detail: { absent: [{ exists: false }] } }, true],
    ['exists not, present', { detail: { state: [{ exists: false }] } }, false],
    [
      'exists not below what is missing',
      { detail: { absent: { deep: [{ exists: false }] } } },
      true,
    ],
    ['exists works on leaves only', { detail: { nested: [{ exists: true }] } }, false],
    ['an empty array has no leaf', { detail: { list: [{ exists: false }] } }, true],
    ['missing or a value', { detail: { absent: [{ exists: false }, 'x'] } }, true],
    ['a wildcard', { detail: { path: [{ wildcard: 'dir/*/app*.png' }] } }, true],
    ['an escaped star', { detail: { path: [{ wildcard: '*app\\*.png' }] } }, true],
    ['a wildcard is anchored', { detail: { path: [{ wildcard: '*app' }] } }, false],
    ['an address range', { detail: { ip: [{ cidr: '10.0.0.0/24' }] } }, true],
    ['another address range', { detail: { ip: [{ cidr: '10.0.1.0/24' }] } }, false],
    ['an IPv6 range', { detail: { ip6: [{ cidr: '2001:db8::/32' }] } }, true],
    ['fields of the same element', { detail: { items: { name: ['one'], size: [1] } } }, true],
    ['fields of different elements', { detail: { items: { name: ['one'], size: [2] } } }, false],
    ['or', { $or: [{ source: ['aws.ecs'] }, { region: ['us-west-2'] }] }, true],
    ['or, none', { $or: [{ source: ['aws.ecs'] }, { region: ['eu-west-1'] }] }, false],
    [
      'or inside, and a field beside it',
      {
        detail: {
          state: ['terminated'],
          $or: [{ count: [4] }, { count: [{ numeric: ['>', 4] }] }],
        },
      },
      true,
    ],
    [
      'or inside, but not the field beside it',
      { detail: { state: ['running'], $or: [{ count: [5] }, { count: [6] }] } },
      false,
    ],
  ])('matches %s', (_title, pattern, isMatch) => {
    expect(compilePattern(JSON.stringify(pattern))(event)).toBe(isMatch);
  });

  test.each<readonly [text: string, reason: string]>([
    ['{', 'Invalid JSON'],
    ['[]', 'Filter is not an object'],
    ['{}', 'Empty event pattern'],
    ['{"source":[]}', 'Empty arrays are not allowed, at "source"'],
    ['{"detail":{}}', 'Empty objects are not allowed, at "detail"'],
    ['{"source":"aws.ec2"}', '"source" must be an object or an array'],
    ['{"detail":{"a":[{"contains":"x"}]}}', 'Unrecognized match type contains, at "detail.a"'],
    ['{"a":[{"prefix":"x","suffix":"y"}]}', 'Only one key allowed'],
    ['{"a":[{"exists":"yes"}]}', 'exists match pattern must be either true or false'],
    ['{"a":[{"numeric":["~",1]}]}', 'Unrecognized numeric range operator'],
    ['{"a":[{"numeric":[">",1,"<"]}]}', 'Value of numeric'],
    ['{"a":[{"numeric":[">",6000000000]}]}', 'Unrecognized numeric range operator'],
    ['{"a":[{"cidr":"10.0.0.0/33"}]}', 'Malformed CIDR'],
    ['{"a":[{"wildcard":"a**b"}]}', 'Consecutive wildcard characters'],
    ['{"a":[{"anything-but":{"numeric":["=",1]}}]}', 'Unsupported anything-but pattern: numeric'],
    ['{"$or":[{"a":["x"]}]}', '"$or" must be an array of at least two objects'],
  ])('rejects %s', (text, reason) => {
    expect(() => compilePattern(text)).toThrow(
      expect.objectContaining({
        name: 'InvalidEventPatternException',
        message: expect.stringContaining(reason),
      }),
    );
  });

  test('matches a value and never its "anything but"', () => {
    const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean());
    fc.assert(
      fc.property(scalar, (value) => {
        const is = compilePattern(JSON.stringify({ a: { b: [value] } }));
        const isNot = compilePattern(JSON.stringify({ a: { b: [{ 'anything-but': value }] } }));
        return is({ a: { b: value } }) && !isNot({ a: { b: value } });
      }),
    );
  });
});
