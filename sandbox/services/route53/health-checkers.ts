import type { HealthCheckConfig } from '@aws-sdk/client-route-53';
import type { Hub } from '../../service-model.ts';
import type { World } from '../../world.ts';
import { checkerRegions, countLook, healthyShare } from './health-check.ts';
import { isEndpointCheck, isEndpointHealthy, missLook } from './health-check.ts';
import type { HealthCheck } from './health-check.ts';
import { lookAt } from './look-at-endpoint.ts';

/** Route 53's metrics live in this region alone. */
const METRICS_REGION = 'us-east-1';
const MINUTE_MS = 60_000;
/** A datapoint late in its minute, so that the minute's alarms see it. */
const METRICS_OFFSET_MS = 55_000;
/** Deepest nesting of calculated checks; Route 53 allows one level. */
const NESTING_MAX = 4;

/** The data plane of health checks: looks, votes and verdicts; it needs no control plane. */
export class HealthCheckers {
  readonly #world: World;
  readonly #hub: Hub;
  /** Checkers that look at each endpoint, once per interval each. */
  readonly #checkersMax: number;
  readonly #checks = new Map<string, HealthCheck>();
  #isPublishing = false;

  constructor(world: World, hub: Hub, checkersMax: number) {
    this.#world = world;
    this.#hub = hub;
    this.#checkersMax = checkersMax;
  }

  get checks(): ReadonlyMap<string, HealthCheck> {
    return this.#checks;
  }

  add(check: HealthCheck): void {
    this.#checks.set(check.id, check);
    this.#startPublishing();
    if (!isEndpointCheck(check.config)) return;
    const intervalMs = (check.config.RequestInterval ?? 30) * 1_000;
    this.#planLook(check, this.#world.nowMs() + offsetOf(check.id, intervalMs), intervalMs);
  }

  remove(check: HealthCheck): void {
    check.stop();
    this.#checks.delete(check.id);
  }

  /** The regions that look at an endpoint: an even choice of those the check names. */
  vantagePoints({ Regions: regions }: Pick<HealthCheckConfig, 'Regions'>): readonly string[] {
    const all: readonly string[] = regions?.length ? regions : checkerRegions;
    const count = Math.min(this.#checkersMax, all.length);
    return all.filter(
      (_, at) =>
        Math.floor((at * count) / all.length) !== Math.floor(((at - 1) * count) / all.length),
    );
  }

  /** Route 53's verdict; a check that does not exist is healthy, as a record without one. */
  isHealthy(id: string, depth = 0): boolean {
    const check = this.#checks.get(id);
    if (check === undefined) return true;
    const isHealthy = check.config.Disabled === true || this.#isTrulyHealthy(check, depth);
    return check.config.Inverted === true ? !isHealthy : isHealthy;
  }

  #isTrulyHealthy(check: HealthCheck, depth: number): boolean {
    const { config } = check;
    if (isEndpointCheck(config)) return isEndpointHealthy(check);
    if (config.Type === 'CLOUDWATCH_METRIC') return this.#isAlarmQuiet(check);
    return (
      depth >= NESTING_MAX || this.#healthyChildren(check, depth) >= (config.HealthThreshold ?? 0)
    );
  }

  #healthyChildren({ config }: HealthCheck, depth: number): number {
    const children = config.ChildHealthChecks ?? [];
    return children.filter((id) => this.#checks.has(id) && this.isHealthy(id, depth + 1)).length;
  }

  #isAlarmQuiet(check: HealthCheck): boolean {
    const { AlarmIdentifier: alarm, InsufficientDataHealthStatus: withoutData } = check.config;
    const region = alarm?.Region ?? '';
    const state = this.#hub.isUp(region)
      ? this.#hub.alarmState(region, alarm?.Name ?? '')
      : 'INSUFFICIENT_DATA';
    check.hasData = true;
    if (state === 'OK' || state === 'ALARM') {
      check.lastKnown = state === 'OK';
      return check.lastKnown;
    }
    if (withoutData === undefined || withoutData === 'LastKnownStatus') return check.lastKnown;
    return withoutData === 'Healthy';
  }

  #planLook(check: HealthCheck, dueMs: number, intervalMs: number): void {
    const name = `health check ${check.id}`;
    check.stop = this.#world.after(dueMs - this.#world.nowMs(), name, async () => {
      const missed = Math.floor(Math.max(0, this.#world.nowMs() - dueMs) / intervalMs);
      this.#planLook(check, dueMs + (missed + 1) * intervalMs, intervalMs);
      await Promise.all(
        this.vantagePoints(check.config).map((region) => this.#look(check, region)),
      );
    });
  }

  async #look(check: HealthCheck, region: string): Promise<void> {
    if (!this.#hub.isUp(region)) {
      missLook(check, region);
      return;
    }
    const look = await lookAt(this.#hub, check.config, region);
    countLook(check, region, { ...look, atMs: this.#world.nowMs() });
  }

  #startPublishing(): void {
    if (this.#isPublishing) return;
    this.#isPublishing = true;
    const nowMs = this.#world.nowMs();
    this.#planPublishing(nowMs - (nowMs % MINUTE_MS) + METRICS_OFFSET_MS);
  }

  #planPublishing(dueMs: number): void {
    this.#world.after(dueMs - this.#world.nowMs(), 'health check metrics', () => {
      const missed = Math.floor(Math.max(0, this.#world.nowMs() - dueMs) / MINUTE_MS);
      this.#planPublishing(dueMs + (missed + 1) * MINUTE_MS);
      for (const check of this.#checks.values()) this.#publish(check);
    });
  }

  #publish(check: HealthCheck): void {
    const put = (name: string, value: number): void => {
      const dimensions = { HealthCheckId: check.id };
      this.#hub.putMetric(METRICS_REGION, { namespace: 'AWS/Route53', name, dimensions, value });
    };
    const share = healthyShare(check);
    if (isEndpointCheck(check.config) && share === undefined) return;
    put('HealthCheckStatus', this.isHealthy(check.id) ? 1 : 0);
    if (share !== undefined) put('HealthCheckPercentageHealthy', share * 100);
    if (check.config.Type !== 'CALCULATED') return;
    put('ChildHealthCheckHealthyCount', this.#healthyChildren(check, 0));
  }
}

/** Spreads checks over their interval, always in the same way for the same id (FNV-1a). */
function offsetOf(id: string, intervalMs: number): number {
  let hash = 0x811c9dc5;
  for (const character of id) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return (hash >>> 0) % intervalMs;
}
