import { LAG_MS, type WorldClock } from './worker-messages.ts';

/** World time inside of a worker: what it was last told, and how long ago by the machine. */
export class WorkerClock {
  #told: WorldClock;
  #toldAt = performance.now();

  constructor(told: WorldClock) {
    this.#told = told;
  }

  set(told: WorldClock): void {
    this.#told = told;
    this.#toldAt = performance.now();
  }

  readonly nowMs = (): number => {
    const { nowMs, speed } = this.#told;
    const elapsedMs = performance.now() - this.#toldAt;
    const fastMs = Math.min(elapsedMs, LAG_MS);
    return Math.floor(nowMs + fastMs * speed + (elapsedMs - fastMs) * Math.min(1, speed));
  };
}

/** Puts a `Date` in place that shows world time wherever it would show the present. */
export function installWorldDate(clock: WorkerClock): void {
  const MachineDate = Date;
  const WorldDate = new Proxy(MachineDate, {
    construct: (target, args: unknown[], newTarget) =>
      Reflect.construct(target, args.length === 0 ? [clock.nowMs()] : args, newTarget) as Date,
    apply: () => new MachineDate(clock.nowMs()).toString(),
    get: (target, name): unknown =>
      name === 'now' ? clock.nowMs : Reflect.get(target, name, target),
  });
  Object.defineProperty(MachineDate.prototype, 'constructor', { value: WorldDate });
  globalThis.Date = WorldDate;
}
