import type { HealthCheckConfig } from '@aws-sdk/client-route-53';
import { ServiceError } from '../../service-model.ts';
import { isEndpointCheck } from './health-check.ts';

const types = [
  'HTTP',
  'HTTPS',
  'HTTP_STR_MATCH',
  'HTTPS_STR_MATCH',
  'TCP',
  'CALCULATED',
  'CLOUDWATCH_METRIC',
];
/** Route 53 wants at least this many checker regions when any are named. */
const REGIONS_MIN = 3;

/** Fills in Route 53's defaults. @throws ServiceError InvalidInput */
export function checkHealthCheckConfig(config: HealthCheckConfig | undefined): HealthCheckConfig {
  if (config?.Type === undefined || !types.includes(config.Type)) {
    throw invalid(`The local cloud does not implement the type ${config?.Type ?? '(none)'}`);
  }
  if (isEndpointCheck(config)) return checkEndpoint(config);
  if (config.Type === 'CALCULATED' && config.HealthThreshold === undefined) {
    throw invalid('A calculated health check needs HealthThreshold');
  }
  if (config.Type === 'CLOUDWATCH_METRIC' && config.AlarmIdentifier?.Name === undefined) {
    throw invalid('A CloudWatch alarm health check needs AlarmIdentifier');
  }
  return { Inverted: false, Disabled: false, ...config };
}

function checkEndpoint(config: HealthCheckConfig): HealthCheckConfig {
  const wrong = wrongs.find(({ isWrong }) => isWrong(config));
  if (wrong !== undefined) throw invalid(wrong.text);
  const isSecure = config.Type?.startsWith('HTTPS') === true;
  return {
    Port: isSecure ? 443 : 80,
    ...(isSecure ? { EnableSNI: true } : {}),
    MeasureLatency: false,
    Inverted: false,
    Disabled: false,
    RequestInterval: 30,
    FailureThreshold: 3,
    ...config,
  };
}

/** What cannot stand in a check of an endpoint. */
const wrongs: readonly {
  readonly isWrong: (config: HealthCheckConfig) => boolean;
  readonly text: string;
}[] = [
  {
    isWrong: ({ RequestInterval: interval = 30 }) => interval !== 10 && interval !== 30,
    text: 'RequestInterval must be 10 or 30',
  },
  {
    isWrong: ({ FailureThreshold: threshold = 3 }) => threshold < 1 || threshold > 10,
    text: 'FailureThreshold must be 1 to 10',
  },
  {
    isWrong: (config) => (config.FullyQualifiedDomainName ?? config.IPAddress) === undefined,
    text: 'FullyQualifiedDomainName or IPAddress is required',
  },
  {
    isWrong: ({ Type: type, SearchString: wanted }) =>
      type?.endsWith('_STR_MATCH') !== (wanted !== undefined),
    text: 'SearchString belongs to checks that match a string, and only to those',
  },
  {
    isWrong: ({ Type: type, Port: port }) => type === 'TCP' && port === undefined,
    text: 'TCP needs Port',
  },
  {
    isWrong: ({ Regions: regions }) => regions !== undefined && regions.length < REGIONS_MIN,
    text: `Regions must name at least ${REGIONS_MIN} regions or none`,
  },
];

function invalid(why: string): ServiceError {
  return new ServiceError('InvalidInput', `Health check: ${why}.`);
}
