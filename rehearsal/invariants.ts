import { LATCHED, latchKey, names } from '../core/contract/names.ts';
import { digestOf } from '../core/image-uri.ts';
import type { FailoverState } from '../core/failover/failover-state.ts';
import type { LoggedCall } from '../sandbox/call-log.ts';
import { wholeImageProblem } from './whole-image.ts';
import type { WorldView } from './world-view.ts';

/** How long after a region was last truly ill a flip away from it may still be decided, in ms. */
const ILL_MEMORY_MS = 240_000;

/** How far faults set a clock ahead, in ms. */
const CLOCK_SKEW_MS_MAX = 5_000;

const DAY_MS = 86_400_000;

/**
 * What must hold at every moment, whatever fails. The names are those of the list in
 * docs/rehearsals.md.
 */
export class Invariants {
  readonly #view: WorldView;
  readonly #before = new Map<string, FailoverState>();
  readonly #latches = new Map<string, number>();
  readonly #lastIll = new Map<string, number>();
  readonly #noticeIds = new Set<string>();
  #noticesSeen = 0;
  #violation: string | undefined;

  constructor(view: WorldView) {
    this.#view = view;
    view.cloud.built.cloud.calls.onEnd((call, input) => {
      this.#called(call, input as Input);
    });
  }

  /** Looks once; the first thing that was broken so far, if any. */
  look(): string | undefined {
    if (this.#violation !== undefined) return this.#violation;
    for (const app of Object.keys(this.#view.cloud.fleet.applications)) {
      this.#lookAtHealth(app);
      this.#lookAtFailover(app);
      this.#lookAtLatch(app);
      this.#lookAtTraffic(app);
    }
    this.#lookAtNotices();
    return this.#violation;
  }

  #break(name: string, text: string): void {
    this.#violation ??= `${name}: ${text}`;
  }

  /** Remembers when a region could truly not serve, as a user outside of AWS would find out. */
  #lookAtHealth(app: string): void {
    const { regions, services } = this.#view.application(app);
    for (const region of regions) {
      const { faults } = this.#view.cloud.built.cloud;
      const isReached = faults.isUp(region) && faults.canReach(undefined, region);
      const hasTasks = Object.keys(services).every((service) =>
        this.#view.tasks(app, region, service).some(({ isHealthy }) => isHealthy),
      );
      if (!isReached || !hasTasks) this.#lastIll.set(`${app} ${region}`, this.#view.nowMs());
    }
  }

  #lookAtFailover(app: string): void {
    const { failover } = this.#view.application(app);
    const state = this.#view.failover(app);
    const before = this.#before.get(app) ?? state;
    this.#before.set(app, state);
    if (state.epoch < before.epoch) {
      this.#break('epochs-rise', `${app} went from epoch ${before.epoch} to ${state.epoch}`);
    }
    if (
      state.active !== before.active &&
      state.epoch === before.epoch &&
      before.move === undefined
    ) {
      this.#break('epochs-rise', `${app} moved to ${state.active} without a new epoch`);
    }
    this.#lookAtHold(app, before, state);
    const isStart = state.move !== undefined && state.epoch > before.epoch;
    if (isStart && state.move.mode === 'automatic') this.#lookAtStart(app, before, state.move);
    const nowMs = this.#view.cloud.built.cloud.world.nowMs();
    const flips = state.flips.filter(
      ({ mode, atMs }) => mode === 'automatic' && nowMs - atMs < DAY_MS,
    );
    if (flips.length > (failover?.maxFlipsPerDay ?? 0)) {
      this.#break('flips-are-few', `${app} flipped ${flips.length} times by itself within a day`);
    }
  }

  /** A hold ends by its time or by a request; nothing else may lose it. */
  #lookAtHold(app: string, before: FailoverState, state: FailoverState): void {
    if (before.hold === undefined || state.hold !== undefined) return;
    const { untilMs = Infinity, actor } = before.hold;
    const isAsked = state.requests.at(-1) !== before.requests.at(-1);
    // Clocks of functions may be ahead, by what faults set at most.
    const isOver = this.#view.cloud.built.cloud.world.nowMs() + CLOCK_SKEW_MS_MAX >= untilMs;
    if (!isAsked && !isOver) this.#break('a-hold-wins', `${app} lost the hold of ${actor}`);
  }

  #lookAtStart(app: string, before: FailoverState, move: NonNullable<FailoverState['move']>): void {
    if (before.hold !== undefined && before.phase === 'steady') {
      this.#break(
        'a-hold-wins',
        `${app} moves to ${move.to} although ${before.hold.actor} holds it`,
      );
    }
    const illMs = this.#lastIll.get(`${app} ${move.from}`) ?? -Infinity;
    if (this.#view.nowMs() - illMs > ILL_MEMORY_MS) {
      this.#break('no-false-flip', `${app} leaves ${move.from}, which was well`);
    }
  }

  #lookAtLatch(app: string): void {
    const latch = readLatch(this.#view, app);
    if (latch === undefined) return;
    const before = this.#latches.get(app) ?? 0;
    this.#latches.set(app, latch.epoch);
    if (latch.epoch < before) {
      this.#break('no-stale-effect', `the latch of ${app} went from ${before} to ${latch.epoch}`);
    }
  }

  #lookAtTraffic(app: string): void {
    if (this.#view.application(app).traffic === undefined) return;
    const { region } = this.#view.answeredRegion(app, undefined);
    if (region === 'nowhere') this.#break('never-nowhere', `${app} has no answer in the DNS`);
  }

  #lookAtNotices(): void {
    const notices = this.#view.notices();
    for (const { attributes, subject = '' } of notices.slice(this.#noticesSeen)) {
      const id = attributes['id'] ?? '';
      if (this.#noticeIds.has(id)) this.#break('notices-come-once', `twice: ${subject}`);
      if (!this.#mayRepeat()) this.#noticeIds.add(id);
    }
    this.#noticesSeen = notices.length;
  }

  /** A sender that dies, or never hears that it was heard, can only send again. */
  #mayRepeat(): boolean {
    const kinds = ['lost-response', 'function-kill', 'function-freeze', 'latency'];
    return this.#view.cloud.built.cloud.faults.list().some(({ kind }) => kinds.includes(kind));
  }

  #called(call: LoggedCall, input: Input): void {
    const { service, operation, region, principal, outcome } = call;
    const isOurs = principal.roleArn !== undefined && ['ok', 'TimeoutError'].includes(outcome);
    if (!isOurs) return;
    if (service === 'ecr' && operation === 'PutImage') this.#lookAtImage(region, input);
    if (service !== 'ecs' || operation !== 'UpdateService') return;
    const found = this.#fleetService(stringOf(input['service']));
    const count = input['desiredCount'];
    if (typeof count === 'number' && (count < found.min || count > found.max)) {
      const text = `${found.service} in ${region} was set to ${count} (${found.min}-${found.max})`;
      this.#break('counts-stay-in-bounds', text);
    }
    const definition = input['taskDefinition'];
    if (typeof definition === 'string') this.#lookAtDeployment(region, definition);
  }

  #lookAtImage(region: string, input: Input): void {
    if (input['imageTag'] === undefined) return;
    const repository = stringOf(input['repositoryName']);
    const problem = wholeImageProblem(this.#view, region, repository, stringOf(input['imageTag']));
    if (problem !== undefined) this.#break('tags-mean-whole-images', problem);
  }

  #lookAtDeployment(region: string, definition: string): void {
    const { ecs, ecr } = this.#view.cloud.built.models;
    const revision = ecs.taskDefinitions.find(region, definition);
    for (const { image = '' } of revision?.definition.containerDefinitions ?? []) {
      if (ecr.resolveImage(region, image) !== undefined) continue;
      const what = digestOf(image)?.slice(0, 19) ?? image;
      this.#break('only-what-is-there', `${region} is told to run ${what}, which it lacks`);
    }
  }

  #fleetService(name: string) {
    const { applications } = this.#view.cloud.fleet;
    const services = Object.values(applications).flatMap((app) => Object.values(app.services));
    const found = services.find(({ service }) => name === service || name.endsWith(`/${service}`));
    if (found === undefined) throw new Error(`Farshore changed ${name}, which is not its own`);
    return found;
  }
}

type Input = Readonly<Record<string, unknown>>;

/** The latch of an application as it lies in its bucket; undefined before the first write. */
export function readLatch(
  view: WorldView,
  app: string,
): { readonly latched: boolean; readonly epoch: number } | undefined {
  const [primary = '', standby = ''] = view.application(app).regions;
  const { cloud, models } = view.cloud.built;
  const bucket = names.latchBucket(view.cloud.fleet.name, cloud.accountId, standby);
  const content = models.s3.find(bucket)?.current(latchKey(app, primary))?.content;
  if (content === undefined) return undefined;
  const text = Buffer.from(content).toString();
  const epoch = Number(/epoch=(\d+)/.exec(text)?.[1] ?? 0);
  return { latched: text.startsWith(LATCHED), epoch };
}

function stringOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
