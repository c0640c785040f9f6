/** The last part of a name or ARN: ECS takes either wherever it takes one. */
export function shortName(nameOrArn: string | undefined, otherwise = ''): string {
  return nameOrArn?.split('/').at(-1) ?? otherwise;
}

/** ARNs of ECS in one account. */
export class EcsNames {
  readonly #accountId: string;

  constructor(accountId: string) {
    this.#accountId = accountId;
  }

  cluster(region: string, cluster: string | undefined): string {
    return this.#arn(region, `cluster/${shortName(cluster, 'default')}`);
  }

  service(region: string, cluster: string | undefined, service: string | undefined): string {
    return this.#arn(region, `service/${shortName(cluster, 'default')}/${shortName(service)}`);
  }

  task(region: string, cluster: string | undefined, task: string | undefined): string {
    return this.#arn(region, `task/${shortName(cluster, 'default')}/${shortName(task)}`);
  }

  /** From `family:revision` or an ARN. */
  taskDefinition(region: string, taskDefinition: string): string {
    return this.#arn(region, `task-definition/${shortName(taskDefinition)}`);
  }

  #arn(region: string, path: string): string {
    return `arn:aws:ecs:${region}:${this.#accountId}:${path}`;
  }
}
