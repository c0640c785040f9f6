import { CfnRecordSet, type CfnRecordSetProps } from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import type { Application } from '../core/contract/fleet.ts';
import { verdictRecord } from '../core/contract/names.ts';
import type { EndpointChecks } from './endpoint-checks.ts';

type Traffic = NonNullable<Application['traffic']>;

/** Seconds a resolver may keep Route 53's verdict: as long as one round of probes. */
const VERDICT_TTL = 10;

/** Every region gets the same share; Route 53 takes 0-255. */
const WEIGHT = 100;

export interface TrafficRecordsProps {
  readonly application: Application;
  readonly traffic: Traffic;
  readonly checks: EndpointChecks;
}

/** The name users ask for, and through which region it is answered. */
export class TrafficRecords extends Construct {
  constructor(scope: Construct, id: string, props: TrafficRecordsProps) {
    super(scope, id);
    const { application, traffic } = props;
    for (const [index, region] of application.regions.entries()) {
      const endpoint = traffic.endpoints[region];
      if (endpoint === undefined) continue;
      new CfnRecordSet(this, region, {
        hostedZoneId: traffic.zone.id,
        name: `${traffic.record}.`,
        type: 'A',
        setIdentifier: region,
        aliasTarget: {
          dnsName: endpoint.loadBalancer,
          hostedZoneId: endpoint.zoneId,
          evaluateTargetHealth: true,
        },
        ...routingOf(props, region, index),
      });
    }
  }
}

function routingOf(
  { traffic, checks }: TrafficRecordsProps,
  region: string,
  index: number,
): Partial<CfnRecordSetProps> {
  const endpoint = checks.endpoints.get(region);
  const endpointCheck = endpoint === undefined ? {} : { healthCheckId: endpoint.attrHealthCheckId };
  switch (traffic.policy) {
    case 'failover': {
      if (index > 0) return { failover: 'SECONDARY' };
      if (checks.gate === undefined) return { failover: 'PRIMARY', ...endpointCheck };
      return { failover: 'PRIMARY', healthCheckId: checks.gate.attrHealthCheckId };
    }
    case 'weighted':
      return { weight: WEIGHT, ...endpointCheck };
    case 'latency':
      return { region, ...endpointCheck };
  }
}

export interface VerdictRecordsProps {
  readonly traffic: Traffic;
  readonly checks: EndpointChecks;
}

/**
 * Makes Route 53's own verdict on each endpoint readable through the DNS: a TXT record that says
 * "up" while the check is healthy and "down" otherwise. Asking it needs no control plane.
 */
export class VerdictRecords extends Construct {
  constructor(scope: Construct, id: string, { traffic, checks }: VerdictRecordsProps) {
    super(scope, id);
    for (const [region, check] of checks.endpoints) {
      const common = {
        hostedZoneId: traffic.zone.id,
        name: `${verdictRecord(region, traffic.record)}.`,
        type: 'TXT',
        ttl: String(VERDICT_TTL),
      };
      new CfnRecordSet(this, `${region}-up`, {
        ...common,
        setIdentifier: 'up',
        failover: 'PRIMARY',
        healthCheckId: check.attrHealthCheckId,
        resourceRecords: ['"up"'],
      });
      new CfnRecordSet(this, `${region}-down`, {
        ...common,
        setIdentifier: 'down',
        failover: 'SECONDARY',
        resourceRecords: ['"down"'],
      });
    }
  }
}
