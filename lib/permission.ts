import { Stack, Token, Validations } from 'aws-cdk-lib';
import { type Conditions, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

/** Something a function may do, and why. */
export interface Permission {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: Conditions;
  /** Why the function needs it; where a resource has a `*`, also why it cannot be narrower. */
  readonly because: string;
}

/** The statement of a permission; undefined when it names no resource in this fleet. */
export function statementOf(permission: Permission): PolicyStatement | undefined {
  const { actions, resources, conditions } = permission;
  if (resources.length === 0) return undefined;
  return new PolicyStatement({
    actions: [...actions],
    resources: [...new Set(resources)],
    ...(conditions === undefined ? {} : { conditions }),
  });
}

/**
 * Hands the reason of every wildcard to the CDK's validations, so that cdk-nag, in this repository
 * or in the user's own app, reports only wildcards that nobody has explained.
 */
export function explainWildcards(scope: IConstruct, permissions: readonly Permission[]): void {
  for (const { resources, because } of permissions) {
    for (const resource of new Set(resources.map((text) => readable(scope, text)))) {
      if (!resource.includes('*')) continue;
      const id = `AwsSolutions-IAM5[Resource::${resource}]`;
      Validations.of(scope).acknowledge({ id, reason: because });
    }
  }
}

/** Text in which every reference stands as `<LogicalId>`, as cdk-nag prints it. */
function readable(scope: IConstruct, text: string): string {
  if (!Token.isUnresolved(text)) return text;
  return flatten(Stack.of(scope).resolve(text));
}

function flatten(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  if ('Fn::Join' in value) {
    const [separator, parts] = value['Fn::Join'] as [string, readonly unknown[]];
    return parts.map(flatten).join(separator);
  }
  if ('Fn::GetAtt' in value) return `<${(value['Fn::GetAtt'] as readonly string[]).join('.')}>`;
  if ('Ref' in value) return `<${String(value.Ref)}>`;
  return JSON.stringify(value);
}
