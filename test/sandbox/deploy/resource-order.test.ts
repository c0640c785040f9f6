import { expect, test } from '@jest/globals';
import { resourceOrder } from '../../../sandbox/deploy/resource-order.ts';

const type = 'AWS::SQS::Queue';

test.each([
  ['Ref', { Properties: { a: [{ Ref: 'Last' }] } }],
  ['Fn::GetAtt', { Properties: { a: { 'Fn::GetAtt': ['Last', 'Arn'] } } }],
  ['Fn::Sub', { Properties: { a: { 'Fn::Sub': 'x-${Last.Arn}' } } }],
  ['Fn::Sub with values', { Properties: { a: { 'Fn::Sub': ['${x}', { x: { Ref: 'Last' } }] } } }],
  ['Fn::Join', { Properties: { a: { 'Fn::Join': ['', ['x', { Ref: 'Last' }]] } } }],
  ['DependsOn', { DependsOn: 'Last' }],
  ['a list in DependsOn', { DependsOn: ['Last'] }],
])('puts a resource after what it names by %s', (_, first) => {
  const Resources = { First: { Type: type, ...first }, Last: { Type: type } };
  expect(resourceOrder({ Resources })).toEqual(['Last', 'First']);
});

test('leaves resources in the order they are written when nothing ties them', () => {
  const Resources = { B: { Type: type }, A: { Type: type }, C: { Type: type } };
  expect(resourceOrder({ Resources })).toEqual(['B', 'A', 'C']);
});

test('rejects a circle and names it', () => {
  const Resources = {
    A: { Type: type, DependsOn: 'B' },
    B: { Type: type, DependsOn: 'A' },
  };
  expect(() => resourceOrder({ Resources })).toThrow('A -> B -> A');
});
