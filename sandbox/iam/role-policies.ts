import { matchesConditions } from './conditions.ts';
import { matchesWildcard } from './wildcard.ts';
import type { ConditionBlock } from './conditions.ts';
import type { NeededPermission } from '../service-model.ts';

type OneOrMore = string | readonly string[];

/** A statement of an identity policy, as CloudFormation templates hold it after resolution. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: OneOrMore;
  readonly NotAction?: OneOrMore;
  readonly Resource?: OneOrMore;
  readonly NotResource?: OneOrMore;
  readonly Condition?: ConditionBlock;
}

export interface AccessDecision {
  readonly allowed: boolean;
  /** AWS's own sentence when refused, else empty. */
  readonly text: string;
}

interface Evaluated {
  readonly action: string;
  readonly resource: string;
  readonly conditions: Readonly<Record<string, string | readonly string[]>>;
}

/** Room for what a fleet of hundreds of applications asks for. */
const DECISIONS_MAX = 10_000;

/** The policies of roles, and IAM's rule for them: a deny wins, then an allow, else refused. */
export class RolePolicies {
  readonly #accountId: string;
  readonly #policies = new Map<string, Map<string, readonly Statement[]>>();
  /** Decisions by what they were about: a fleet asks for the same few again and again. */
  readonly #decided = new Map<string, AccessDecision>();

  constructor(accountId: string) {
    this.#accountId = accountId;
  }

  /** Adds a policy to a role or replaces the one of that name. */
  putRolePolicy(roleArn: string, policyName: string, statements: readonly Statement[]): void {
    const policies = this.#policies.get(roleArn) ?? new Map<string, readonly Statement[]>();
    policies.set(policyName, statements);
    this.#policies.set(roleArn, policies);
    this.#decided.clear();
  }

  /** Forgets a role with all its policies. */
  removeRole(roleArn: string): void {
    this.#policies.delete(roleArn);
    this.#decided.clear();
  }

  statementsOf(roleArn: string): readonly Statement[] {
    return [...(this.#policies.get(roleArn)?.values() ?? [])].flat();
  }

  /** Whether a role may do something in a region. */
  decide(roleArn: string, region: string, access: NeededPermission): AccessDecision {
    const { action, resources, conditions } = access;
    const key = JSON.stringify([roleArn, region, action, resources, conditions]);
    const known = this.#decided.get(key);
    if (known !== undefined) return known;
    if (this.#decided.size >= DECISIONS_MAX) this.#decided.clear();
    const decision = this.#evaluate(roleArn, region, access);
    this.#decided.set(key, decision);
    return decision;
  }

  #evaluate(roleArn: string, region: string, access: NeededPermission): AccessDecision {
    const statements = this.statementsOf(roleArn);
    const conditions = this.#conditions(roleArn, region, access);
    for (const resource of access.resources) {
      const request = { action: access.action, resource, conditions };
      const verdict = evaluate(statements, request);
      if (verdict !== 'allow')
        return { allowed: false, text: this.#text(roleArn, request, verdict) };
    }
    return { allowed: true, text: '' };
  }

  #conditions(roleArn: string, region: string, access: NeededPermission): Evaluated['conditions'] {
    return {
      'aws:PrincipalArn': roleArn,
      'aws:PrincipalAccount': this.#accountId,
      'aws:PrincipalType': 'AssumedRole',
      'aws:RequestedRegion': region,
      'aws:ResourceAccount': this.#accountId,
      'aws:SecureTransport': 'true',
      ...access.conditions,
    };
  }

  #text(roleArn: string, request: Evaluated, verdict: 'deny' | 'none'): string {
    const role = roleArn.split('/').at(-1) ?? roleArn;
    const user = `arn:aws:sts::${this.#accountId}:assumed-role/${role}/local`;
    const why =
      verdict === 'deny'
        ? 'with an explicit deny in an identity-based policy'
        : `because no identity-based policy allows the ${request.action} action`;
    const what = `${request.action} on resource: ${request.resource}`;
    return `User: ${user} is not authorized to perform: ${what} ${why}`;
  }
}

function evaluate(statements: readonly Statement[], request: Evaluated): 'allow' | 'deny' | 'none' {
  const matching = statements.filter((statement) => matches(statement, request));
  if (matching.some((statement) => statement.Effect === 'Deny')) return 'deny';
  return matching.length > 0 ? 'allow' : 'none';
}

function matches(statement: Statement, request: Evaluated): boolean {
  return (
    matchesAction(statement, request.action) &&
    matchesResource(statement, request.resource) &&
    matchesConditions(statement.Condition ?? {}, request.conditions)
  );
}

function matchesAction(statement: Statement, action: string): boolean {
  // IAM compares actions without regard to case.
  const fits = (pattern: string): boolean =>
    matchesWildcard(pattern.toLowerCase(), action.toLowerCase());
  if (statement.NotAction !== undefined) return !list(statement.NotAction).some(fits);
  return list(statement.Action).some(fits);
}

function matchesResource(statement: Statement, resource: string): boolean {
  // A call without resource-level permission has the resource `*`, which no ARN pattern matches.
  const fits = (pattern: string): boolean => matchesWildcard(pattern, resource);
  if (statement.NotResource !== undefined) return !list(statement.NotResource).some(fits);
  return list(statement.Resource).some(fits);
}

function list(value: OneOrMore | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}
