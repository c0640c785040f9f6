import type { CallFilter } from './call-log.ts';
import type { Cloud } from './cloud.ts';
import { UnreachableError } from './faults.ts';
import { parseFault } from './parse-fault.ts';

/** An error of the admin API, with its HTTP status. */
export class AdminError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface AdminRequest {
  readonly method: string;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Handles one name below `/_farshore/`; JSON in and out. */
export type AdminRoute = (request: AdminRequest) => unknown;

/** The routes that every local cloud has; `status` tells what the caller knows of it. */
export function adminRoutes(
  cloud: Cloud,
  status: () => unknown,
): Readonly<Record<string, AdminRoute>> {
  return {
    status,
    faults: (request) => faults(cloud, request),
    calls: ({ query }) => ({ calls: cloud.calls.list(callFilter(query)) }),
    http: ({ body }) => http(cloud, body),
  };
}

function faults(cloud: Cloud, { method, body, query }: AdminRequest): unknown {
  if (method === 'GET') return { faults: cloud.faults.list() };
  if (method === 'POST') return cloud.faults.add(parseFault(body, cloud.regions));
  const id = typeof body['id'] === 'string' ? body['id'] : (query.get('id') ?? 'all');
  const cleared = cloud.faults.clear(id);
  if (cleared === 0 && id !== 'all') throw new AdminError(404, `There is no fault ${id}.`);
  return { cleared };
}

function callFilter(query: URLSearchParams): CallFilter {
  const region = query.get('region');
  const service = query.get('service');
  const since = query.get('since');
  return {
    ...(region !== null && { region }),
    ...(service !== null && { service }),
    ...(since !== null && { sinceMs: /^\d+$/.test(since) ? Number(since) : Date.parse(since) }),
  };
}

async function http(cloud: Cloud, body: AdminRequest['body']): Promise<unknown> {
  const { url, from } = body;
  if (typeof url !== 'string' || !URL.canParse(url)) {
    throw new AdminError(
      400,
      'Give a body such as {"url":"https://shop.example.com/","from":"eu-west-1"}',
    );
  }
  try {
    return await cloud.hub.http(typeof from === 'string' ? { region: from } : {}, url);
  } catch (error) {
    if (!(error instanceof UnreachableError)) throw error;
    return { error: error.message };
  }
}
