import { Resolver } from 'node:dns/promises';
import type { Application } from '../../core/contract/fleet.ts';
import { journalKeys } from '../../core/contract/journal.ts';
import type { DecisionRecord } from '../../core/decision.ts';
import type { LoggedCall } from '../../sandbox/call-log.ts';
import type { LocalCloud } from '../../sandbox/local-cloud.ts';
import type { InboxMessage } from '../../sandbox/services/sns/sns-model.ts';
import type { Target } from '../target.ts';
import type { Timeline } from './timeline.ts';

/** What the steps of the demo look at: the cloud from outside, as its users would. */
export interface Scene {
  readonly cloud: LocalCloud;
  readonly target: Target;
  readonly timeline: Timeline;
  readonly app: string;
  readonly application: Application;
  readonly active: string;
  readonly standby: string;
}

/** Takes the first application of the fleet that can fail over. */
export function openScene(cloud: LocalCloud, target: Target, timeline: Timeline): Scene {
  const found = Object.entries(target.fleet.applications).find(
    ([, { failover, traffic }]) => failover?.automatic === true && traffic !== undefined,
  );
  if (found === undefined) {
    throw new Error('The demo needs an application with traffic and automatic failover.');
  }
  const [app, application] = found;
  const [active, standby] = application.regions;
  if (active === undefined || standby === undefined) {
    throw new Error(`The application ${app} needs two regions for the demo.`);
  }
  return { cloud, target, timeline, app, application, active, standby };
}

/** Addresses the public DNS gives for the application now. */
export async function resolve({ cloud, application }: Scene): Promise<readonly string[]> {
  const resolver = new Resolver({ timeout: 1_000, tries: 2 });
  resolver.setServers([cloud.status().dns]);
  return resolver.resolve4(application.traffic?.record ?? '');
}

/** Loopback address of a region's load balancer. */
export function addressOf({ cloud, application }: Scene, region: string): string | undefined {
  return cloud.addressOf(application.traffic?.endpoints[region]?.loadBalancer ?? '');
}

/** What a user's browser gets from one region. */
export async function visit(
  { cloud, application }: Scene,
  region: string,
): Promise<{ readonly region: string; readonly digest: string; readonly task: string }> {
  const endpoint = cloud.status().regions[region]?.endpoint ?? '';
  const host = application.traffic?.endpoints[region]?.host ?? '';
  const response = await fetch(endpoint, { headers: { 'x-forwarded-host': host } });
  return (await response.json()) as { region: string; digest: string; task: string };
}

export function inbox({ cloud }: Scene, kind: string): readonly InboxMessage[] {
  return cloud.inbox().filter((message) => message.attributes['kind'] === kind);
}

/** The journal of the application, oldest first. */
export async function records({ target, app }: Scene): Promise<readonly DecisionRecord[]> {
  const listed = await target.ports.journal.list<DecisionRecord>(journalKeys.recordPartition(app));
  return listed.map(({ body }) => body);
}

/**
 * Calls that Farshore's functions got through to a region after a given one. Request ids count up,
 * so the order is exact where times are not: the world's clock stands still between its ticks.
 */
export function callsTo(
  { cloud }: Scene,
  region: string,
  afterRequestId: string,
): readonly LoggedCall[] {
  return cloud
    .calls({ region })
    .filter(({ requestId }) => requestId > afterRequestId)
    .filter(({ outcome, principal }) => outcome === 'ok' && principal.roleArn !== undefined);
}
