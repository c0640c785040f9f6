import type { Hub, Target, TargetHealthState } from '../../service-model.ts';
import type { Cancel, World } from '../../world.ts';

/** A new target is asked after this time; the first good answer makes it healthy, as with ALB. */
const FIRST_CHECK_MS = 5_000;
/** How often a target that did not answer is asked again. */
export const CHECK_INTERVAL_MS = 10_000;
/** How long a target drains; AWS's default of 300 s is what everybody shortens. */
const DEREGISTRATION_DELAY_MS = 15_000;

interface Registered {
  readonly target: Target;
  state: TargetHealthState;
  cancel: Cancel;
}

/** The targets of one group and their health. */
export class TargetGroup {
  readonly arn: string;
  readonly name: string;
  readonly region: string;
  readonly #world: World;
  readonly #hub: Hub;
  readonly #targets = new Map<string, Registered>();

  constructor(
    world: World,
    hub: Hub,
    named: { readonly arn: string; readonly name: string; readonly region: string },
  ) {
    this.#world = world;
    this.#hub = hub;
    this.arn = named.arn;
    this.name = named.name;
    this.region = named.region;
  }

  register(target: Target): void {
    const state = target.isHealthyAtOnce === true ? 'healthy' : 'initial';
    const registered: Registered = { target, state, cancel: () => undefined };
    this.#targets.get(target.id)?.cancel();
    this.#targets.set(target.id, registered);
    if (state === 'initial') this.#checkAfter(FIRST_CHECK_MS, registered);
  }

  deregister(id: string): void {
    const registered = this.#targets.get(id);
    if (registered === undefined || registered.state === 'draining') return;
    registered.cancel();
    registered.state = 'draining';
    registered.cancel = this.#world.after(DEREGISTRATION_DELAY_MS, `drain ${id}`, () => {
      this.#targets.delete(id);
    });
  }

  health(id: string): TargetHealthState {
    return this.#targets.get(id)?.state ?? 'unused';
  }

  /** Every registered target, in the order they came. */
  targets(): readonly { readonly target: Target; readonly state: TargetHealthState }[] {
    return [...this.#targets.values()];
  }

  /** Targets that get requests: healthy ones that answer. */
  healthy(): readonly Target[] {
    return this.targets()
      .filter(({ target, state }) => state === 'healthy' && target.answer() !== undefined)
      .map(({ target }) => target);
  }

  /**
   * Asks until the target answers. Afterwards it stays healthy until ECS takes it out, as tasks
   * here only stop by ECS; asking on would cost a rehearsal most of its time.
   */
  #checkAfter(delayMs: number, registered: Registered): void {
    const { target } = registered;
    registered.cancel = this.#world.after(delayMs, `health check ${target.id}`, () => {
      const answers = this.#hub.isUp(this.region) && target.answer() !== undefined;
      if (!answers) {
        registered.state = 'unhealthy';
        this.#checkAfter(CHECK_INTERVAL_MS, registered);
        return;
      }
      registered.state = 'healthy';
      target.onHealthy?.();
    });
  }
}
