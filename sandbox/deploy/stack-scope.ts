import { holds, NO_VALUE, resolve, type Scope } from './intrinsics.ts';
import type { CreatedResource } from './resource-handler.ts';
import type { Template } from './template.ts';

export interface StackScopeOptions {
  readonly template: Template;
  readonly stackName: string;
  readonly region: string;
  readonly accountId: string;
  /** Values that other stacks of the assembly export. */
  readonly exports: ReadonlyMap<string, unknown>;
}

/** What the intrinsic functions of one stack see while it is being created. */
export class StackScope implements Scope {
  readonly region: string;
  readonly #options: StackScopeOptions;
  readonly #created = new Map<string, CreatedResource>();

  constructor(options: StackScopeOptions) {
    this.region = options.region;
    this.#options = options;
  }

  add(logicalId: string, resource: CreatedResource): void {
    this.#created.set(logicalId, resource);
  }

  ref(logicalId: string): unknown {
    const pseudo = this.#pseudoParameter(logicalId);
    if (pseudo !== undefined) return pseudo;
    const parameter = this.#options.template.Parameters?.[logicalId];
    if (parameter !== undefined) return parameter.Default;
    return this.#resource(logicalId).ref;
  }

  attribute(logicalId: string, attribute: string): unknown {
    const value = this.#resource(logicalId).attributes?.[attribute];
    if (value !== undefined) return value;
    const type = this.#options.template.Resources?.[logicalId]?.Type ?? 'unknown type';
    throw new Error(`The local cloud does not know the attribute ${attribute} of a ${type}.`);
  }

  importValue(name: string): unknown {
    if (this.#options.exports.has(name)) return this.#options.exports.get(name);
    throw new Error(`No stack deployed so far exports ${name}.`);
  }

  condition(name: string): boolean {
    const { Conditions = {} } = this.#options.template;
    if (!Object.hasOwn(Conditions, name)) throw new Error(`There is no condition ${name}.`);
    return holds(Conditions[name], this);
  }

  mapping(name: string, key: string, second: string): unknown {
    const value = this.#options.template.Mappings?.[name]?.[key]?.[second];
    if (value !== undefined) return value;
    throw new Error(`The mapping ${name} has no ${key}.${second}.`);
  }

  resolve(value: unknown): unknown {
    return resolve(value, this);
  }

  #resource(logicalId: string): CreatedResource {
    const resource = this.#created.get(logicalId);
    if (resource !== undefined) return resource;
    throw new Error(`${logicalId} is referred to, but it is no parameter and no created resource.`);
  }

  #pseudoParameter(name: string): string | symbol | undefined {
    const { region, accountId, stackName } = this.#options;
    switch (name) {
      case 'AWS::AccountId':
        return accountId;
      case 'AWS::NoValue':
        return NO_VALUE;
      case 'AWS::Partition':
        return 'aws';
      case 'AWS::Region':
        return region;
      case 'AWS::StackName':
        return stackName;
      case 'AWS::StackId':
        return `arn:aws:cloudformation:${region}:${accountId}:stack/${stackName}/local`;
      case 'AWS::URLSuffix':
        return 'amazonaws.com';
      default:
        return undefined;
    }
  }
}
