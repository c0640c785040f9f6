import type { Cloud } from '../cloud.ts';
import type { Models } from '../build-cloud.ts';

/** Properties of a resource, all intrinsic functions resolved. */
export type Properties = Readonly<Record<string, unknown>>;

/** What other resources of the stack see of one that exists. */
export interface CreatedResource {
  /** Value of `Ref`. */
  readonly ref: string;
  /** Values of `Fn::GetAtt`. */
  readonly attributes?: Readonly<Record<string, string>>;
}

/** What a handler works with. */
export interface Deployment {
  readonly cloud: Cloud;
  readonly models: Pick<Models, 'dynamodb'>;
  readonly region: string;
  readonly accountId: string;
  readonly logicalId: string;
  readonly assets: ReadonlyMap<string, string>;
  /** The name CloudFormation would make up for this resource, cut to a length. */
  readonly generatedName: (lengthMax: number) => string;
  /** An API call as the deploying person, in the region of the stack. */
  readonly call: (service: string, operation: string, input: object) => Promise<unknown>;
}

/** Creates one type of resource in the local cloud. */
export type ResourceHandler = (
  properties: Properties,
  deployment: Deployment,
) => Promise<CreatedResource>;

/** A property that is a text; undefined when it is absent. */
export function textOf(properties: Properties, name: string): string | undefined {
  const value = properties[name];
  if (value === undefined) return undefined;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new Error(`the property ${name} must be a text, not ${JSON.stringify(value)}`);
}

/** A property that is a text and has to be there. */
export function requiredText(properties: Properties, name: string): string {
  const value = textOf(properties, name);
  if (value !== undefined) return value;
  throw new Error(`the property ${name} is missing`);
}

/** A property that is a list of mappings; empty when it is absent. */
export function listOf(properties: Properties, name: string): readonly Properties[] {
  return listAt(properties, name) as readonly Properties[];
}

/** A property that is a list of texts; empty when it is absent. */
export function textsOf(properties: Properties, name: string): readonly string[] {
  return listAt(properties, name) as readonly string[];
}

/** Refuses properties that the handler would otherwise ignore without a word. */
export function onlyProperties(properties: Properties, known: readonly string[]): void {
  const unknown = Object.keys(properties).filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw new Error(
    `the local cloud does not implement ${unknown.join(', ')} here; it knows ${known.join(', ')}`,
  );
}

function listAt(properties: Properties, name: string): readonly unknown[] {
  const value = properties[name] ?? [];
  if (Array.isArray(value)) return value;
  throw new Error(`the property ${name} must be a list, not ${JSON.stringify(value)}`);
}
