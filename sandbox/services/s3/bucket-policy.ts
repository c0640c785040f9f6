import { matchesWildcard } from '../../iam/wildcard.ts';
import { ServiceError } from '../../service-model.ts';

type OneOrMore = string | readonly string[];

interface Statement {
  readonly Effect?: string;
  readonly Principal?: unknown;
  readonly Action?: OneOrMore;
  readonly Resource?: OneOrMore;
  readonly Condition?: Readonly<Record<string, unknown>>;
}

/** Whether a policy lets everyone do this over HTTPS, with no statement against it. */
export function allowsEveryone(
  policy: string | undefined,
  action: string,
  resource: string,
): boolean {
  const statements = statementsOf(policy).filter(
    (statement) =>
      isEveryone(statement.Principal) &&
      listOf(statement.Action).some((pattern) => matchesWildcard(pattern, action)) &&
      listOf(statement.Resource).some((pattern) => matchesWildcard(pattern, resource)),
  );
  const isDenied = statements.some(({ Effect, Condition }) => {
    return Effect === 'Deny' && !isAboutPlainHttp(Condition);
  });
  return !isDenied && statements.some(({ Effect }) => Effect === 'Allow');
}

/** Whether a policy makes its bucket public, which public access settings may forbid. */
export function isPublic(policy: string): boolean {
  return statementsOf(policy).some(
    ({ Effect, Principal, Condition }) =>
      Effect === 'Allow' && isEveryone(Principal) && Condition === undefined,
  );
}

/** Refuses a policy that the local cloud could not judge. */
export function checkPolicy(policy: string): void {
  for (const { Condition, Effect } of parsed(policy)) {
    if (Condition === undefined) continue;
    if (Effect === 'Deny' && isAboutPlainHttp(Condition)) continue;
    throw new ServiceError(
      'NotImplemented',
      'The local cloud does not implement conditions in bucket policies, save a Deny of plain ' +
        `HTTP: ${JSON.stringify(Condition)}`,
      { httpStatus: 501 },
    );
  }
}

/** The usual `aws:SecureTransport` Deny; every anonymous request here counts as HTTPS. */
function isAboutPlainHttp(condition: Statement['Condition']): boolean {
  return (
    condition !== undefined &&
    /^\{"Bool":\{"aws:SecureTransport":"?false"?\}\}$/.test(JSON.stringify(condition))
  );
}

function statementsOf(policy: string | undefined): readonly Statement[] {
  return policy === undefined ? [] : parsed(policy);
}

function parsed(policy: string): readonly Statement[] {
  try {
    const document = JSON.parse(policy) as { Statement?: Statement | readonly Statement[] };
    return [document.Statement ?? []].flat();
  } catch (error) {
    const message = 'This policy contains invalid Json';
    throw Object.assign(new ServiceError('MalformedPolicy', message), { cause: error });
  }
}

function isEveryone(principal: unknown): boolean {
  if (principal === '*') return true;
  if (typeof principal !== 'object' || principal === null) return false;
  return listOf((principal as { AWS?: OneOrMore }).AWS).includes('*');
}

function listOf(value: OneOrMore | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === 'string' ? [value] : value;
}
