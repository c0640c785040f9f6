import { Aws } from 'aws-cdk-lib';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnHealthCheck } from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import type { Application } from '../core/contract/fleet.ts';
import { LATCHED, latchKey, names } from '../core/contract/names.ts';

type Traffic = NonNullable<Application['traffic']>;

/** A standby object that Route 53 cannot read for three checks counts as "not latched". */
const LATCH_FAILURES = 3;
/** Seconds; the shorter of the two intervals Route 53 offers. */
const LATCH_INTERVAL = 10;

export interface EndpointChecksProps {
  readonly fleetName: string;
  readonly app: string;
  readonly application: Application;
  readonly traffic: Traffic;
}

/** The health checks of one application, which its records hang on. */
export class EndpointChecks extends Construct {
  /** The check of each region's endpoint. */
  readonly endpoints: ReadonlyMap<string, CfnHealthCheck>;
  /** Endpoint AND latch of the primary region; undefined where no failover is configured. */
  readonly gate: CfnHealthCheck | undefined;

  constructor(scope: Construct, id: string, props: EndpointChecksProps) {
    super(scope, id);
    const { application, traffic } = props;
    this.endpoints = new Map(
      application.regions.flatMap((region) => {
        const endpoint = traffic.endpoints[region];
        if (endpoint === undefined) return [];
        return [[region, this.#endpoint(props, region, endpoint.host)] as const];
      }),
    );
    this.gate = this.#gate(props);
  }

  #endpoint({ fleetName, app, traffic }: EndpointChecksProps, region: string, host: string) {
    const { protocol, port, path, interval, failures } = traffic.check;
    return new CfnHealthCheck(this, `Endpoint-${region}`, {
      healthCheckConfig: {
        type: protocol === 'https' ? 'HTTPS' : 'HTTP',
        fullyQualifiedDomainName: host,
        port,
        resourcePath: path,
        requestInterval: interval / 1_000,
        failureThreshold: failures,
        ...(protocol === 'https' ? { enableSni: true } : {}),
      },
      healthCheckTags: nameTag(`${fleetName} ${app} ${region} endpoint`),
    });
  }

  /**
   * The latch lives in the standby region and is inverted: an object that says LATCHED holds the
   * primary down; no object, another content or an S3 that does not answer holds nothing down.
   */
  #gate({ fleetName, app, application }: EndpointChecksProps): CfnHealthCheck | undefined {
    const [primary, standby] = application.regions;
    if (application.mode !== 'active-passive' || application.failover === undefined)
      return undefined;
    if (primary === undefined || standby === undefined) return undefined;
    const endpoint = this.endpoints.get(primary);
    if (endpoint === undefined) return undefined;
    const bucket = names.latchBucket(fleetName, Aws.ACCOUNT_ID, standby);
    const latch = new CfnHealthCheck(this, `Latch-${primary}`, {
      healthCheckConfig: {
        type: 'HTTPS_STR_MATCH',
        fullyQualifiedDomainName: `${bucket}.s3.${standby}.amazonaws.com`,
        port: 443,
        resourcePath: `/${latchKey(app, primary)}`,
        searchString: LATCHED,
        inverted: true,
        requestInterval: LATCH_INTERVAL,
        failureThreshold: LATCH_FAILURES,
        enableSni: true,
      },
      healthCheckTags: nameTag(`${fleetName} ${app} ${primary} latch`),
    });
    return new CfnHealthCheck(this, `Gate-${primary}`, {
      healthCheckConfig: {
        type: 'CALCULATED',
        healthThreshold: 2,
        childHealthChecks: [endpoint.attrHealthCheckId, latch.attrHealthCheckId],
      },
      healthCheckTags: nameTag(`${fleetName} ${app} ${primary} endpoint and latch`),
    });
  }
}

export interface EndpointAlarmProps {
  readonly alarmName: string;
  readonly check: CfnHealthCheck;
  readonly region: string;
}

/**
 * Turns the state of an endpoint check into an event. It is evidence, never an order: the failover
 * loop asks again before it acts. Route 53 publishes the metric once a minute, in us-east-1 only.
 */
export class EndpointAlarm extends Construct {
  constructor(scope: Construct, id: string, { alarmName, check, region }: EndpointAlarmProps) {
    super(scope, id);
    new CfnAlarm(this, 'Alarm', {
      alarmName,
      alarmDescription:
        `Route 53 finds the endpoint in ${region} unhealthy. The failover loop weighs it with ` +
        'other evidence. Look at: farshore explain. ' +
        'Runbook: docs/operator-runbook.md#endpoint-down',
      namespace: 'AWS/Route53',
      metricName: 'HealthCheckStatus',
      dimensions: [{ name: 'HealthCheckId', value: check.attrHealthCheckId }],
      statistic: 'Minimum',
      period: 60,
      evaluationPeriods: 2,
      datapointsToAlarm: 2,
      comparisonOperator: 'LessThanThreshold',
      threshold: 1,
      // No data is unknown, and unknown is not down.
      treatMissingData: 'missing',
    });
  }
}

function nameTag(value: string) {
  return [{ key: 'Name', value }];
}
