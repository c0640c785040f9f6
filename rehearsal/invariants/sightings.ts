import type { Application } from '../../core/contract/fleet.ts';
import { names } from '../../core/contract/names.ts';
import type { WorldView } from '../world-view.ts';

/** From a change in the world to the last act on what was so before, in ms: probes and steps. */
const LATELY_MS = 150_000;

/** A function that waits for silent regions on its way acts within this time, in ms. */
const RUN_MS = 40_000;

/** Remembers when things were truly so: what functions act on may be that old, and no older. */
export class Sightings {
  readonly #view: WorldView;
  readonly #last = new Map<string, number>();
  readonly #since = new Map<string, number>();
  readonly #desired = new Map<string, number>();
  #frozenMs = 0;
  #brokenAtMs = 0;

  constructor(view: WorldView) {
    this.#view = view;
  }

  look(): void {
    const { faults } = this.#view.cloud.built.cloud;
    const active = faults.list();
    if (active.length > 0) this.#brokenAtMs = this.#view.nowMs();
    for (const fault of active) {
      if (fault.kind === 'function-freeze') this.#frozenMs = Math.max(this.#frozenMs, fault.ms);
    }
    for (const [app, application] of Object.entries(this.#view.cloud.fleet.applications)) {
      for (const region of application.regions) this.#lookAt(app, application, region);
    }
  }

  /** How old a sight may be that a function acts on; who was frozen acts later, in ms. */
  latelyMs(): number {
    return LATELY_MS + 2 * this.#frozenMs;
  }

  /** How long a run may take from its look to its act, in ms. */
  runMs(): number {
    return RUN_MS + 2 * this.#frozenMs;
  }

  /** The desired count of a service a moment ago. */
  desired(app: string, region: string, service: string): number {
    return this.#desired.get(`${app} ${region} ${service}`) ?? 0;
  }

  /** For how long nothing has been broken, in ms. */
  calmMs(): number {
    return this.#view.nowMs() - this.#brokenAtMs;
  }

  /** Whether a region could not serve an application at some moment of late. */
  wasIll(app: string, region: string): boolean {
    return this.#wasLately(`ill ${app} ${region}`);
  }

  /** Whether a region answered somebody at some moment of late, with tasks or without. */
  wasReached(app: string, region: string): boolean {
    return this.#wasLately(`reached ${app} ${region}`);
  }

  /** For how long a region has been able to serve an application without a break, in ms. */
  servedMs(app: string, region: string): number {
    const sinceMs = this.#since.get(`well ${app} ${region}`);
    return sinceMs === undefined ? 0 : this.#view.nowMs() - sinceMs;
  }

  /** The most healthy tasks that a service had of late, or has at this moment. */
  healthyMax(app: string, region: string, service: string): number {
    const { max } = this.#view.serviceOf(app, service);
    const now = this.#healthy(app, region, service);
    for (let count = 2 * max; count > now; count -= 1) {
      if (this.#wasLately(`healthy ${app} ${region} ${service} ${count}`)) return count;
    }
    return now;
  }

  /** Whether an alarm was in a state at some moment of late. */
  wasAlarm(region: string, alarm: string, state: 'OK' | 'ALARM'): boolean {
    return this.#wasLately(`alarm ${region} ${alarm} ${state}`);
  }

  #lookAt(app: string, application: Application, region: string): void {
    const { faults } = this.#view.cloud.built.cloud;
    const isOpen = faults.isUp(region) && faults.canReach(undefined, region);
    let hasTasks = true;
    for (const service of Object.keys(application.services)) {
      const { desiredCount } = this.#view.ecsService(app, region, service);
      this.#desired.set(`${app} ${region} ${service}`, desiredCount);
      const count = this.#healthy(app, region, service);
      this.#see(`healthy ${app} ${region} ${service} ${count}`);
      if (count === 0) hasTasks = false;
    }
    const isWell = isOpen && hasTasks;
    if (this.#view.isReached(region)) this.#see(`reached ${app} ${region}`);
    const well = `well ${app} ${region}`;
    if (!isWell) {
      this.#see(`ill ${app} ${region}`);
      this.#since.delete(well);
    } else if (!this.#since.has(well)) this.#since.set(well, this.#view.nowMs());
    for (const alarm of alarmsOf(this.#view, app, application)) {
      const state = this.#view.cloud.built.models.cloudwatch.alarmState(region, alarm);
      if (state !== undefined) this.#see(`alarm ${region} ${alarm} ${state}`);
    }
  }

  #healthy(app: string, region: string, service: string): number {
    return this.#view.tasks(app, region, service).filter(({ isHealthy }) => isHealthy).length;
  }

  #see(what: string): void {
    this.#last.set(what, this.#view.nowMs());
  }

  #wasLately(what: string): boolean {
    return this.#view.nowMs() - (this.#last.get(what) ?? -Infinity) <= this.latelyMs();
  }
}

/** Alarms that an application's decisions look at, each once. */
function alarmsOf(view: WorldView, app: string, { scaling, failover }: Application) {
  const scalers = Object.entries(scaling).map(
    ([policy, { alarm }]) => alarm ?? names.scalingAlarm(view.cloud.fleet.name, app, policy),
  );
  const gates = (failover?.data ?? []).flatMap((step) => ('alarm' in step ? [step.alarm] : []));
  return [...new Set([...scalers, ...gates])];
}
