import type { ServiceDeployment, ServiceRef, ServiceState, Services } from '../../core/ports.ts';
import type { Step } from './fake-ports.ts';

/** What becomes of a deployment: `breaks` is the circuit breaker going back to the one before. */
export type Fate = 'completes' | 'breaks' | 'fails' | 'hangs';

interface Kept {
  state: ServiceState;
  readonly family: string;
  revisions: string[];
  endsAtMs: number;
}

/** ECS services of all regions, in memory. A deployment ends some time after it starts. */
export class FakeServices implements Services {
  /** How long a deployment takes, in ms. */
  deploymentMs = 60_000;
  /** Decides per region and image what becomes of a deployment. */
  fate: (region: string, image: string) => Fate = () => 'completes';
  readonly down = new Set<string>();
  readonly #kept = new Map<string, Kept>();
  readonly #nowMs: () => number;
  readonly #step: Step;

  constructor(nowMs: () => number, step: Step) {
    this.#nowMs = nowMs;
    this.#step = step;
  }

  /** Starts a service that runs this image in a steady state. */
  seed(ref: ServiceRef, image: string, changes: Partial<ServiceState> = {}): void {
    const family = ref.service;
    const taskDefinition = `${family}:1`;
    const desired = changes.desired ?? 2;
    const deployments = [deployment('ecs-svc/1', taskDefinition, desired, 'COMPLETED')];
    const state: ServiceState = {
      status: 'ACTIVE',
      controller: 'ECS',
      desired,
      running: desired,
      taskDefinition,
      image,
      deployments,
      events: [],
      ...changes,
    };
    this.#kept.set(keyOf(ref), { state, family, revisions: [image], endsAtMs: 0 });
  }

  change(ref: ServiceRef, changes: Partial<ServiceState>): void {
    const kept = this.#find(ref);
    kept.state = { ...kept.state, ...changes };
  }

  async describe(ref: ServiceRef): Promise<ServiceState | undefined> {
    await this.#reach(ref);
    const kept = this.#kept.get(keyOf(ref));
    if (kept === undefined) return undefined;
    this.#settle(ref, kept);
    return kept.state;
  }

  async setDesiredCount(ref: ServiceRef, count: number): Promise<void> {
    await this.#reach(ref);
    this.#step('desired', `${ref.region} ${ref.service} ${count}`);
    this.change(ref, { desired: count, running: count });
  }

  async deploy(ref: ServiceRef, image: string): Promise<string> {
    await this.#reach(ref);
    const kept = this.#find(ref);
    this.#settle(ref, kept);
    if (kept.state.image === image) return kept.state.taskDefinition;
    if (!kept.revisions.includes(image)) {
      this.#step('register', `${ref.region} ${ref.service} ${short(image)}`);
      kept.revisions = [...kept.revisions, image];
    }
    const taskDefinition = `${kept.family}:${kept.revisions.indexOf(image) + 1}`;
    this.#step('deploy', `${ref.region} ${ref.service} ${short(image)}`);
    this.#start(kept, taskDefinition);
    return taskDefinition;
  }

  async useTaskDefinition(ref: ServiceRef, taskDefinition: string): Promise<void> {
    await this.#reach(ref);
    const kept = this.#find(ref);
    this.#settle(ref, kept);
    if (kept.state.taskDefinition === taskDefinition) return;
    this.#step('use', `${ref.region} ${ref.service} ${taskDefinition}`);
    this.#start(kept, taskDefinition);
  }

  healthyTargets(ref: ServiceRef): Promise<number> {
    return Promise.resolve(this.#find(ref).state.running);
  }

  #start(kept: Kept, taskDefinition: string): void {
    const [before] = kept.state.deployments;
    const { desired } = kept.state;
    const id = `ecs-svc/${this.#nowMs()}`;
    kept.state = {
      ...kept.state,
      taskDefinition,
      image: imageOf(kept, taskDefinition),
      deployments: [
        deployment(id, taskDefinition, desired, 'IN_PROGRESS'),
        ...(before === undefined ? [] : [{ ...before, status: 'ACTIVE' as const }]),
      ],
    };
    kept.endsAtMs = this.#nowMs() + this.deploymentMs;
  }

  #settle(ref: ServiceRef, kept: Kept): void {
    const [primary, before] = kept.state.deployments;
    if (primary?.rolloutState !== 'IN_PROGRESS' || this.#nowMs() < kept.endsAtMs) return;
    const fate = this.fate(ref.region, kept.state.image);
    if (fate === 'hangs') return;
    if (fate === 'completes') {
      const deployments = [{ ...primary, rolloutState: 'COMPLETED' as const }];
      kept.state = { ...kept.state, running: kept.state.desired, deployments };
      return;
    }
    const failed = {
      ...primary,
      rolloutState: 'FAILED' as const,
      rolloutReason: 'ECS deployment circuit breaker: tasks failed to start.',
    };
    if (fate === 'fails' || before === undefined) {
      kept.state = { ...kept.state, deployments: [failed, ...(before ? [before] : [])] };
      return;
    }
    kept.state = {
      ...kept.state,
      taskDefinition: before.taskDefinition,
      image: imageOf(kept, before.taskDefinition),
      deployments: [
        { ...before, status: 'PRIMARY', rolloutState: 'COMPLETED' },
        { ...failed, status: 'ACTIVE', running: 0 },
      ],
    };
  }

  #find(ref: ServiceRef): Kept {
    const kept = this.#kept.get(keyOf(ref));
    if (kept === undefined) throw new Error(`no service ${keyOf(ref)}`);
    return kept;
  }

  #reach(ref: ServiceRef): Promise<void> {
    if (!this.down.has(ref.region)) return Promise.resolve();
    return Promise.reject(new Error(`ECS in ${ref.region} does not answer`));
  }
}

function deployment(
  id: string,
  taskDefinition: string,
  desired: number,
  rolloutState: ServiceDeployment['rolloutState'],
): ServiceDeployment {
  const status = 'PRIMARY';
  return { id, status, rolloutState, rolloutReason: '', taskDefinition, desired, running: desired };
}

function imageOf(kept: Kept, taskDefinition: string): string {
  const revision = Number(taskDefinition.split(':').at(-1));
  return kept.revisions[revision - 1] ?? '';
}

const keyOf = (ref: ServiceRef) => `${ref.region}/${ref.cluster}/${ref.service}`;
const short = (image: string) => image.replace(/^.*@(sha256:.{8}).*$/, '$1');
