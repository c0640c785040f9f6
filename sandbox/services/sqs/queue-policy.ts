import { matchesWildcard } from '../../iam/wildcard.ts';

/** What a queue's policy is asked: may this service send for this resource? */
export interface SenderRequest {
  readonly queueArn: string;
  readonly accountId: string;
  /** Such as `events.amazonaws.com`; undefined stands for any service. */
  readonly service: string | undefined;
  readonly sourceArn: string | undefined;
}

interface Statement {
  readonly Effect?: string;
  readonly Principal?: unknown;
  readonly Action?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | string[]>>>>;
}

/**
 * Whether an AWS service may send to a queue. Only what services are granted with is understood:
 * service principals, and conditions on aws:SourceArn and aws:SourceAccount.
 */
export function maySend(policy: string | undefined, request: SenderRequest): boolean {
  if (policy === undefined) return false;
  const document = JSON.parse(policy) as { Statement?: Statement | readonly Statement[] };
  return [document.Statement ?? []]
    .flat()
    .some((statement) => statement.Effect === 'Allow' && matches(statement, request));
}

function matches(statement: Statement, request: SenderRequest): boolean {
  const actions = listOf(statement.Action);
  return (
    namesService(statement.Principal, request.service) &&
    actions.some((action) => matchesWildcard(action.toLowerCase(), 'sqs:sendmessage')) &&
    listOf(statement.Resource).some((resource) => matchesWildcard(resource, request.queueArn)) &&
    Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
      Object.entries(keys).every(([key, wanted]) => holds(operator, key, listOf(wanted), request)),
    )
  );
}

function namesService(principal: unknown, service: string | undefined): boolean {
  if (principal === '*') return true;
  if (typeof principal !== 'object' || principal === null) return false;
  const { Service: services, AWS: accounts } = principal as {
    Service?: string | readonly string[];
    AWS?: string | readonly string[];
  };
  if (listOf(accounts).includes('*')) return true;
  const named = listOf(services);
  return service === undefined ? named.length > 0 : named.includes(service);
}

function holds(
  operator: string,
  key: string,
  wanted: readonly string[],
  request: SenderRequest,
): boolean {
  const actual = actualOf(key, request);
  // A sender that says nothing of its source is believed: the condition cannot be judged.
  if (actual === 'unknown') return true;
  if (/^(Arn|String)(Equals|Like)$/.test(operator)) {
    return wanted.some((pattern) => matchesWildcard(pattern, actual));
  }
  return operator === 'Bool' && wanted.includes(actual);
}

function actualOf(key: string, request: SenderRequest): string {
  switch (key.toLowerCase()) {
    case 'aws:sourcearn':
      return request.sourceArn ?? 'unknown';
    case 'aws:sourceaccount':
      return request.accountId;
    case 'aws:securetransport':
      return 'true';
    default:
      return '';
  }
}

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === 'string' ? [value] : value;
}
