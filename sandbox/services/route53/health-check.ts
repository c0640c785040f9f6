import type { HealthCheckConfig } from '@aws-sdk/client-route-53';

/** What one checker thinks of an endpoint. */
interface Vote {
  isHealthy: boolean;
  /** Looks in a row that disagreed with `isHealthy`. */
  disagreements: number;
  /** The checker could not look, so it has no say. */
  isMissing: boolean;
  text: string;
  atMs: number;
}

export interface HealthCheck {
  readonly id: string;
  readonly callerReference: string;
  version: number;
  config: HealthCheckConfig;
  readonly tags: Map<string, string>;
  /** By the checker's region. */
  readonly votes: Map<string, Vote>;
  /** The last sure result, before inversion; a new check counts as healthy. */
  lastKnown: boolean;
  hasData: boolean;
  stop: () => void;
}

/** Where Route 53 keeps its checkers. */
export const checkerRegions = [
  'us-east-1',
  'us-west-1',
  'us-west-2',
  'eu-west-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'ap-northeast-1',
  'sa-east-1',
] as const;

/** An endpoint is healthy while more than this share of its checkers say so. */
const HEALTHY_SHARE = 0.18;

export function isEndpointCheck({ Type: type }: HealthCheckConfig): boolean {
  return type !== 'CALCULATED' && type !== 'CLOUDWATCH_METRIC';
}

/** Counts one look of a checker: it changes its mind after `FailureThreshold` looks in a row. */
export function countLook(
  check: HealthCheck,
  region: string,
  look: { readonly ok: boolean; readonly text: string; readonly atMs: number },
): void {
  const known = check.votes.get(region);
  const vote = known ?? { isHealthy: true, disagreements: 0, isMissing: false, text: '', atMs: 0 };
  vote.isMissing = false;
  vote.text = look.text;
  vote.atMs = look.atMs;
  vote.disagreements = look.ok === vote.isHealthy ? 0 : vote.disagreements + 1;
  if (vote.disagreements >= (check.config.FailureThreshold ?? 3)) {
    vote.isHealthy = look.ok;
    vote.disagreements = 0;
  }
  check.votes.set(region, vote);
  check.hasData = true;
}

/** A checker whose region is down neither says healthy nor unhealthy. */
export function missLook(check: HealthCheck, region: string): void {
  const vote = check.votes.get(region);
  if (vote === undefined) return;
  vote.isMissing = true;
  vote.disagreements = 0;
}

/** Share of the checkers with a say that call the endpoint healthy; undefined without any. */
export function healthyShare(check: HealthCheck): number | undefined {
  const votes = [...check.votes.values()].filter(({ isMissing }) => !isMissing);
  if (votes.length === 0) return undefined;
  return votes.filter(({ isHealthy }) => isHealthy).length / votes.length;
}

/** The verdict of the checkers; without any of them the last one stands. */
export function isEndpointHealthy(check: HealthCheck): boolean {
  const share = healthyShare(check);
  if (share !== undefined) check.lastKnown = share > HEALTHY_SHARE;
  return check.lastKnown;
}
