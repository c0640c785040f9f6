import type { ImageUse, UsedImage } from '../../core/image-use.ts';

/** What clusters run and task definitions name, in memory; nothing until a test says so. */
export class FakeImageUse implements ImageUse {
  /** By region; one cluster a region is enough for tests. */
  readonly used = new Map<string, readonly UsedImage[]>();
  /** Images of task definitions, by region and name. */
  readonly definitions = new Map<string, readonly string[]>();
  /** Regions whose ECS gives no answer. */
  readonly down = new Set<string>();

  async inCluster(region: string): Promise<readonly UsedImage[]> {
    await this.#reach(region);
    return this.used.get(region) ?? [];
  }

  async inTaskDefinition(region: string, taskDefinition: string): Promise<readonly string[]> {
    await this.#reach(region);
    return this.definitions.get(`${region} ${taskDefinition}`) ?? [];
  }

  #reach(region: string): Promise<void> {
    if (!this.down.has(region)) return Promise.resolve();
    return Promise.reject(new Error(`ECS in ${region} does not answer`));
  }
}
