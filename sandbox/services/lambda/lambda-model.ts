import type { FunctionRuntime, FunctionSpec } from '../../lambda-runtime/function-runtime.ts';
import type { Hub, Operation, Service } from '../../service-model.ts';
import type { World } from '../../world.ts';
import { addPermission } from './add-permission.ts';
import { createEventSourceMapping } from './create-event-source-mapping.ts';
import { createFunction } from './create-function.ts';
import type { DeployedFunction, SeededHandler } from './deployed-function.ts';
import type { EventSourceMapping, QueueSource } from './event-source-mapping.ts';
import { getFunction, getFunctionConfiguration, listFunctions } from './get-function.ts';
import { invoke } from './invoke.ts';
import { functionNotFound } from './lambda-errors.ts';
import { listEventSourceMappings } from './list-event-source-mappings.ts';
import { putFunctionConcurrency } from './put-function-concurrency.ts';
import { runFunction } from './run-function.ts';

export interface LambdaOptions {
  readonly accountId: string;
  /** Runs deployed functions; without one only seeded functions run. */
  readonly runtime?: FunctionRuntime;
  /** Where event source mappings take messages from: the SQS model. */
  readonly queues: QueueSource;
  /** Whether a role's policy allows an action; by default it does. */
  readonly mayDo?: (roleArn: string, action: string, resource: string) => boolean;
}

export interface FunctionToDeploy {
  readonly region: string;
  readonly name: string;
  readonly codeDir: string;
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly roleArn: string;
  readonly description?: string;
}

/** Functions of every region, their event source mappings, and what calls them. */
export class LambdaModel {
  readonly service: Service;
  readonly world: World;
  readonly hub: Hub;
  readonly options: LambdaOptions;
  readonly mappings: EventSourceMapping[] = [];
  readonly #functions = new Map<string, DeployedFunction>();

  constructor(world: World, hub: Hub, options: LambdaOptions) {
    this.world = world;
    this.hub = hub;
    this.options = options;
    this.service = { id: 'lambda', iamPrefix: 'lambda', operations: operationsOf(this) };
  }

  deployFunction({ description = '', ...fn }: FunctionToDeploy): DeployedFunction {
    const spec = { ...fn, arn: this.arnOf(fn.region, fn.name) };
    return this.#add(spec, description, undefined);
  }

  /** Puts one of the user's own functions there, such as the hook that promotes a database. */
  seedFunction(region: string, name: string, handler: SeededHandler): void {
    const arn = this.arnOf(region, name);
    const noCode = { codeDir: '', handler: '', environment: {}, roleArn: '' };
    const spec = { region, name, arn, ...noCode, timeoutSeconds: 60, memoryMb: 128 };
    this.#add(spec, '', handler);
  }

  /**
   * Runs a function by name or ARN and waits for its answer.
   * @throws FunctionError when it failed, ServiceError when it could not be started.
   */
  invoke(region: string, nameOrArn: string, payload: unknown): Promise<unknown> {
    return runFunction(this, this.functionOf(region, nameOrArn), payload);
  }

  /** Stops the event source mappings and every running function. */
  async stop(): Promise<void> {
    for (const mapping of this.mappings) mapping.stop();
    await this.options.runtime?.stop();
  }

  find(region: string, nameOrArn: string | undefined): DeployedFunction | undefined {
    return this.#functions.get(this.arnOf(region, nameOrArn));
  }

  functionOf(region: string, nameOrArn: string | undefined): DeployedFunction {
    const fn = this.find(region, nameOrArn);
    if (fn === undefined) throw functionNotFound(this.arnOf(region, nameOrArn));
    return fn;
  }

  functionsIn(region: string): readonly DeployedFunction[] {
    return [...this.#functions.values()]
      .filter(({ spec }) => spec.region === region)
      .sort((a, b) => (a.spec.name < b.spec.name ? -1 : 1));
  }

  /** The ARN of a function that is given by name, partial ARN or ARN. */
  arnOf(region: string, nameOrArn: string | undefined): string {
    const [, name = ''] = /(?:^|function:)([^:]+)(?::\$LATEST)?$/.exec(nameOrArn ?? '') ?? [];
    return `arn:aws:lambda:${region}:${this.options.accountId}:function:${name}`;
  }

  #add(
    spec: FunctionSpec,
    description: string,
    seeded: SeededHandler | undefined,
  ): DeployedFunction {
    const fn: DeployedFunction = {
      spec,
      description,
      seeded,
      modifiedAtMs: this.world.nowMs(),
      permissions: new Map(),
      reservedConcurrency: undefined,
      running: 0,
    };
    this.#functions.set(spec.arn, fn);
    return fn;
  }
}

function operationsOf(model: LambdaModel): Readonly<Record<string, Operation>> {
  return {
    AddPermission: addPermission(model),
    CreateEventSourceMapping: createEventSourceMapping(model),
    CreateFunction: createFunction(model),
    GetFunction: getFunction(model),
    GetFunctionConfiguration: getFunctionConfiguration(model),
    Invoke: invoke(model),
    ListEventSourceMappings: listEventSourceMappings(model),
    ListFunctions: listFunctions(model),
    PutFunctionConcurrency: putFunctionConcurrency(model),
  };
}
