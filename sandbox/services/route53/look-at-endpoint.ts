import type { HealthCheckConfig } from '@aws-sdk/client-route-53';
import type { Hub } from '../../service-model.ts';

/** Route 53 looks for the string in this much of the body, in bytes. */
const SEARCHED_BYTES = 5_120;

interface Look {
  readonly ok: boolean;
  /** As `GetHealthCheckStatus` tells it. */
  readonly text: string;
}

/** One request of a checker, judged by the type of the check. */
export async function lookAt(hub: Hub, config: HealthCheckConfig, region: string): Promise<Look> {
  try {
    const { status, body } = await hub.http({ region }, urlOf(config));
    return judge(config, status, body);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { ok: false, text: `Failure: ${why}` };
  }
}

function judge(config: HealthCheckConfig, status: number, body: string): Look {
  if (config.Type === 'TCP') return { ok: true, text: 'Success: TCP connection established' };
  if (status < 200 || status >= 400) {
    return { ok: false, text: `Failure: HTTP Status Code ${status}` };
  }
  const wanted = config.Type?.endsWith('_STR_MATCH') === true ? (config.SearchString ?? '') : '';
  const searched = Buffer.from(body).subarray(0, SEARCHED_BYTES);
  if (!searched.includes(wanted)) {
    return { ok: false, text: `Failure: the response does not contain ${wanted}` };
  }
  return { ok: true, text: `Success: HTTP Status Code ${status}, OK` };
}

/** A name is preferred to an address, because only names have load balancers behind them here. */
function urlOf(config: HealthCheckConfig): string {
  const scheme = config.Type?.startsWith('HTTPS') === true ? 'https' : 'http';
  const host = config.FullyQualifiedDomainName ?? config.IPAddress ?? '';
  const usual = scheme === 'https' ? 443 : 80;
  const port = config.Port === undefined || config.Port === usual ? '' : `:${config.Port}`;
  const path = config.ResourcePath ?? '/';
  return `${scheme}://${host}${port}${path.startsWith('/') ? path : `/${path}`}`;
}
