import type { Statement } from '../../iam/role-policies.ts';
import {
  listOf,
  onlyProperties,
  type Properties,
  requiredText,
  type ResourceHandler,
  textOf,
  textsOf,
} from '../resource-handler.ts';

/** AWS::IAM::Role with its inline policies. Who may assume it is not checked here. */
export const role: ResourceHandler = (properties, { cloud, accountId, generatedName }) => {
  onlyProperties(properties, [
    'AssumeRolePolicyDocument',
    'Description',
    'Path',
    'Policies',
    'RoleName',
    'Tags',
  ]);
  const name = textOf(properties, 'RoleName') ?? generatedName(64);
  const Arn = `arn:aws:iam::${accountId}:role/${name}`;
  // A role without a policy may do nothing; it has to be known all the same.
  cloud.iam.putRolePolicy(Arn, 'none', []);
  for (const policy of listOf(properties, 'Policies')) {
    cloud.iam.putRolePolicy(Arn, requiredText(policy, 'PolicyName'), statementsOf(policy));
  }
  return Promise.resolve({ ref: name, attributes: { Arn, RoleId: `AROA${name.toUpperCase()}` } });
};

/** AWS::IAM::Policy: an inline policy of roles, apart from them. */
export const rolePolicy: ResourceHandler = (properties, { cloud, accountId, logicalId }) => {
  onlyProperties(properties, ['PolicyDocument', 'PolicyName', 'Roles']);
  const name = requiredText(properties, 'PolicyName');
  for (const roleName of textsOf(properties, 'Roles')) {
    const arn = `arn:aws:iam::${accountId}:role/${roleName}`;
    cloud.iam.putRolePolicy(arn, name, statementsOf(properties));
  }
  return Promise.resolve({ ref: logicalId });
};

function statementsOf(policy: Properties): readonly Statement[] {
  const { Statement: statements } = policy['PolicyDocument'] as {
    readonly Statement: Statement | readonly Statement[];
  };
  return Array.isArray(statements)
    ? (statements as readonly Statement[])
    : [statements as Statement];
}
