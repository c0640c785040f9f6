import { describe, expect, test } from '@jest/globals';
import { resolve } from '../../../sandbox/deploy/intrinsics.ts';
import { StackScope } from '../../../sandbox/deploy/stack-scope.ts';

const scope = new StackScope({
  stackName: 'stack',
  region: 'eu-west-1',
  accountId: '123456789012',
  exports: new Map([['shared', 'from-elsewhere']]),
  template: {
    Resources: { Queue: { Type: 'AWS::SQS::Queue' } },
    Parameters: { Size: { Type: 'String', Default: 'large' } },
    Conditions: {
      IsLarge: { 'Fn::Equals': [{ Ref: 'Size' }, 'large'] },
      IsSmall: { 'Fn::Not': [{ Condition: 'IsLarge' }] },
      IsEither: { 'Fn::Or': [{ Condition: 'IsLarge' }, { Condition: 'IsSmall' }] },
      IsBoth: { 'Fn::And': [{ Condition: 'IsLarge' }, { Condition: 'IsSmall' }] },
    },
    Mappings: { Zones: { 'eu-west-1': { id: 'Z1' } } },
  },
});
scope.add('Queue', { ref: 'http://queue', attributes: { Arn: 'arn:queue' } });

test.each([
  ['a text', 'text', 'text'],
  ['Ref of a resource', { Ref: 'Queue' }, 'http://queue'],
  ['Ref of a parameter', { Ref: 'Size' }, 'large'],
  ['Ref of a pseudo parameter', { Ref: 'AWS::Region' }, 'eu-west-1'],
  ['Fn::GetAtt as a list', { 'Fn::GetAtt': ['Queue', 'Arn'] }, 'arn:queue'],
  ['Fn::GetAtt as a text', { 'Fn::GetAtt': 'Queue.Arn' }, 'arn:queue'],
  ['Fn::Join', { 'Fn::Join': ['-', ['a', { Ref: 'Size' }]] }, 'a-large'],
  ['Fn::Sub', { 'Fn::Sub': 'x-${AWS::AccountId}-${Queue.Arn}' }, 'x-123456789012-arn:queue'],
  ['Fn::Sub with values', { 'Fn::Sub': ['${a}${!b}', { a: { Ref: 'Size' } }] }, 'large${b}'],
  ['Fn::Select', { 'Fn::Select': [1, { 'Fn::Split': ['/', 'a/b/c'] }] }, 'b'],
  ['Fn::ImportValue', { 'Fn::ImportValue': 'shared' }, 'from-elsewhere'],
  ['Fn::If', { 'Fn::If': ['IsSmall', 'yes', 'no'] }, 'no'],
  ['Fn::Or', { 'Fn::If': ['IsEither', 'yes', 'no'] }, 'yes'],
  ['Fn::And', { 'Fn::If': ['IsBoth', 'yes', 'no'] }, 'no'],
  ['Fn::FindInMap', { 'Fn::FindInMap': ['Zones', { Ref: 'AWS::Region' }, 'id'] }, 'Z1'],
  ['what is nested', { a: [{ b: { Ref: 'Size' } }] }, { a: [{ b: 'large' }] }],
  ['a property named Condition', { Condition: { Bool: true } }, { Condition: { Bool: true } }],
  ['AWS::NoValue', { a: { Ref: 'AWS::NoValue' }, b: [{ Ref: 'AWS::NoValue' }, 1] }, { b: [1] }],
])('resolves %s', (_, value, expected) => {
  expect(resolve(value, scope)).toEqual(expected);
});

describe('rejects', () => {
  test.each([
    [
      'an intrinsic function that is not there',
      { 'Fn::Base64': 'x' },
      /does not implement.*Base64/,
    ],
    ['a reference to nothing', { Ref: 'Nothing' }, /Nothing is referred to/],
    ['an attribute that is not known', { 'Fn::GetAtt': ['Queue', 'Depth'] }, /Depth of a AWS::SQS/],
    ['an import of nothing', { 'Fn::ImportValue': 'none' }, /exports none/],
    ['an element that is not there', { 'Fn::Select': [7, ['a']] }, /no element 7 among 1/],
    ['a list where a text must be', { 'Fn::Join': ['', [['a']]] }, /needs a text/],
  ])('%s', (_, value, message) => {
    expect(() => resolve(value, scope)).toThrow(message);
  });
});
