import type { NativeReplication, NativeRule, NativeStatus } from '../../core/native-replication.ts';
import type { Step } from './fake-ports.ts';

/** ECR's own replication as a test says it is; nothing arrives by itself. */
export class FakeNativeReplication implements NativeReplication {
  readonly rulesOf = new Map<string, readonly NativeRule[]>();
  readonly statusesOf = new Map<string, readonly NativeStatus[]>();
  readonly #step: Step;

  constructor(step: Step) {
    this.#step = step;
  }

  rules(region: string): Promise<readonly NativeRule[]> {
    return Promise.resolve(this.rulesOf.get(region) ?? []);
  }

  replaceRules(region: string, rules: readonly NativeRule[]): Promise<void> {
    return Promise.resolve().then(() => {
      this.#step('rules', region);
      this.rulesOf.set(region, rules);
    });
  }

  statuses(_region: string, _repository: string, digest: string): Promise<readonly NativeStatus[]> {
    return Promise.resolve(this.statusesOf.get(digest) ?? []);
  }
}
