import { describe, expect, test } from '@jest/globals';
import { RolePolicies } from '../../../sandbox/iam/role-policies.ts';
import type { Statement } from '../../../sandbox/iam/role-policies.ts';

const role = 'arn:aws:iam::123456789012:role/farshore/scaler';
const service = 'arn:aws:ecs:eu-west-1:123456789012:service/shop/web';
const allow = (more: Partial<Statement> = {}): Statement => ({
  Effect: 'Allow',
  Action: 'ecs:UpdateService',
  Resource: '*',
  ...more,
});
const deny = (more: Partial<Statement> = {}): Statement => ({ ...allow(more), Effect: 'Deny' });
const when = (Condition: NonNullable<Statement['Condition']>): Statement => allow({ Condition });

interface Request {
  readonly action?: string;
  readonly resources?: readonly string[];
  readonly conditions?: Record<string, string | string[]>;
}

function isAllowed(statements: readonly Statement[], request: Request = {}): boolean {
  const policies = new RolePolicies('123456789012');
  policies.putRolePolicy(role, 'policy', statements);
  const access = { action: 'ecs:UpdateService', resources: [service], ...request };
  return policies.decide(role, 'eu-west-1', access).allowed;
}

describe('RolePolicies: actions and resources', () => {
  test.each<[string, boolean, readonly Statement[], Request?]>([
    ['nothing is allowed without a statement', false, []],
    ['an allow allows', true, [allow()]],
    ['a deny wins over an allow', false, [allow(), deny()]],
    [
      'a deny of another action does not matter',
      true,
      [allow(), deny({ Action: 'ecs:DeleteService' })],
    ],
    ['actions take wildcards', true, [allow({ Action: ['ecr:*', 'ecs:Upd*'] })]],
    ['actions ignore case', true, [allow({ Action: 'ECS:updateservice' })]],
    ['? stands for one character', false, [allow({ Action: 'ecs:UpdateServic?e' })]],
    ['a resource must match', false, [allow({ Resource: `${service}-2` })]],
    ['resources take wildcards', true, [allow({ Resource: 'arn:aws:ecs:*:*:service/shop/*' })]],
    ['a dot is a dot', false, [allow({ Resource: service.replace('shop', 's.op') })]],
    [
      'NotAction allows the others',
      true,
      [allow({ Action: undefined, NotAction: 'iam:*' } as never)],
    ],
    [
      'NotAction leaves out its own',
      false,
      [allow({ Action: undefined, NotAction: 'ecs:*' } as never)],
    ],
    [
      'NotResource leaves out its own',
      false,
      [allow({ Resource: undefined, NotResource: service } as never)],
    ],
    [
      'every resource must be allowed',
      false,
      [allow({ Resource: service })],
      { resources: [service, `${service}2`] },
    ],
    [
      'an action without resources needs *',
      false,
      [allow({ Resource: service })],
      { resources: ['*'] },
    ],
    ['an action without resources takes *', true, [allow()], { resources: ['*'] }],
  ])('%s', (...row) => {
    const [, expected, statements, request] = row;
    expect(isAllowed(statements, request)).toBe(expected);
  });
});

describe('RolePolicies: conditions', () => {
  const task = 'arn:aws:ecs:eu-west-1:123456789012:task-definition/web:7';
  const names = 'route53:ChangeResourceRecordSetsNormalizedRecordNames';
  test.each<[string, boolean, Statement, Request['conditions']?]>([
    [
      'StringEquals',
      true,
      when({ StringEquals: { 'ecs:cluster': ['a', 'b'] } }),
      { 'ecs:cluster': 'b' },
    ],
    [
      'StringEquals, other value',
      false,
      when({ StringEquals: { 'ecs:cluster': 'a' } }),
      { 'ecs:cluster': 'b' },
    ],
    ['StringEquals, key missing', false, when({ StringEquals: { 'ecs:cluster': 'a' } })],
    [
      'StringEqualsIfExists, key missing',
      true,
      when({ StringEqualsIfExists: { 'ecs:cluster': 'a' } }),
    ],
    ['StringNotEquals', false, when({ StringNotEquals: { k: ['a', 'b'] } }), { k: 'b' }],
    ['StringNotEquals, key missing', true, when({ StringNotEquals: { k: 'a' } })],
    [
      'StringLike',
      true,
      when({ StringLike: { 's3:prefix': 'shop/*' } }),
      { 's3:prefix': 'shop/a' },
    ],
    ['StringNotLike', false, when({ StringNotLike: { k: 'shop/*' } }), { k: 'shop/a' }],
    [
      'keys ignore case',
      true,
      when({ StringEquals: { 'ECS:Cluster': 'a' } }),
      { 'ecs:cluster': 'a' },
    ],
    [
      'ArnLike',
      true,
      when({ ArnLike: { 'ecs:task-definition': 'arn:aws:ecs:*:*:task-definition/web:*' } }),
      { 'ecs:task-definition': task },
    ],
    [
      'ArnLike keeps to the parts of an ARN',
      false,
      when({ ArnLike: { k: 'arn:aws:ecs:*:task-definition/web:7' } }),
      { k: task },
    ],
    ['ArnEquals, other', false, when({ ArnEquals: { k: `${task}0` } }), { k: task }],
    ['Null true, key missing', true, when({ Null: { 'ecs:task-definition': 'true' } })],
    [
      'Null true, key present',
      false,
      when({ Null: { 'ecs:task-definition': 'true' } }),
      { 'ecs:task-definition': task },
    ],
    ['Null false, key present', true, when({ Null: { k: false } }), { k: 'v' }],
    ['Bool', true, when({ Bool: { 'aws:SecureTransport': true } })],
    ['NumericLessThanEquals', true, when({ NumericLessThanEquals: { k: 5 } }), { k: '5' }],
    [
      'ForAllValues, all inside',
      true,
      when({ 'ForAllValues:StringEquals': { [names]: ['a', 'b'] } }),
      { [names]: ['b', 'a'] },
    ],
    [
      'ForAllValues, one outside',
      false,
      when({ 'ForAllValues:StringEquals': { [names]: ['a'] } }),
      { [names]: ['a', 'b'] },
    ],
    ['ForAllValues, key missing', true, when({ 'ForAllValues:StringEquals': { [names]: ['a'] } })],
    [
      'ForAllValues with Null, key missing',
      false,
      when({ 'ForAllValues:StringEquals': { [names]: ['a'] }, Null: { [names]: 'false' } }),
    ],
    [
      'ForAnyValue, one inside',
      true,
      when({ 'ForAnyValue:StringEquals': { k: 'a' } }),
      { k: ['a', 'b'] },
    ],
    ['ForAnyValue, key missing', false, when({ 'ForAnyValue:StringEquals': { k: 'a' } })],
    [
      'operators are joined by and',
      false,
      when({ StringEquals: { a: '1' }, StringLike: { b: 'x*' } }),
      { a: '1', b: 'y' },
    ],
    [
      'the region of the request',
      true,
      when({ StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } }),
    ],
    ['the account of the resource', false, when({ StringEquals: { 'aws:ResourceAccount': '1' } })],
  ])('%s', (...row) => {
    const [, expected, statement, conditions = {}] = row;
    expect(isAllowed([statement], { conditions })).toBe(expected);
  });

  test('rejects operators that it does not evaluate', () => {
    const statement = when({ IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } });
    expect(() => isAllowed([statement])).toThrow(
      /does not evaluate the IAM condition operator IpAddress/,
    );
  });
});

describe('RolePolicies: words', () => {
  const access = { action: 'ecs:UpdateService', resources: [service] };
  const user =
    'User: arn:aws:sts::123456789012:assumed-role/scaler/local is not authorized to perform: ';

  test('says what is missing, as AWS does', () => {
    expect(new RolePolicies('123456789012').decide(role, 'eu-west-1', access).text).toBe(
      `${user}ecs:UpdateService on resource: ${service} because no identity-based policy allows ` +
        'the ecs:UpdateService action',
    );
  });

  test('says that a statement denies', () => {
    const policies = new RolePolicies('123456789012');
    policies.putRolePolicy(role, 'a', [allow(), deny()]);
    expect(policies.decide(role, 'eu-west-1', access).text).toBe(
      `${user}ecs:UpdateService on resource: ${service} with an explicit deny in an ` +
        'identity-based policy',
    );
  });

  test('replaces a policy of the same name and forgets a role', () => {
    const policies = new RolePolicies('123456789012');
    policies.putRolePolicy(role, 'a', [deny()]);
    policies.putRolePolicy(role, 'a', [allow()]);
    expect(policies.decide(role, 'eu-west-1', access).allowed).toBe(true);
    policies.removeRole(role);
    expect(policies.decide(role, 'eu-west-1', access).allowed).toBe(false);
  });
});
