import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { Fleet } from '../../core/contract/fleet.ts';
import { Farshore } from '../../lib/farshore.ts';
import { readFleet } from '../../lib/read-fleet.ts';

// CI has `cdk synth` validate the templates once; each synthesis here would take twice as long.
process.env['CDK_VALIDATION'] = 'false';

export const shop = readFleet('examples/shop/fleet.yaml');

export interface Synthesized {
  readonly app: App;
  readonly farshore: Farshore;
  /** Template of a region's stack. */
  readonly regional: (region: string) => Template;
  /** Template of the global stack; empty when there is none. */
  readonly global: Template;
}

/** Synthesizes a fleet without building its functions. */
export function synthesize(fleet: Fleet = shop, context: object = {}): Synthesized {
  const app = new App({ context: { ...context, 'aws:cdk:bundling-stacks': [] } });
  const farshore = new Farshore(app, 'Farshore', { fleet });
  const templates = new Map<string, Template>();
  const regional = (region: string): Template => {
    const stack = farshore.regionalStacks[region];
    if (stack === undefined) throw new Error(`the fleet has no region ${region}`);
    const template = templates.get(region) ?? Template.fromStack(stack);
    templates.set(region, template);
    return template;
  };
  const { globalStack } = farshore;
  const global =
    globalStack === undefined ? Template.fromJSON({}) : Template.fromStack(globalStack);
  return { app, farshore, regional, global };
}

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: string;
}

/** All resources of a type, by logical id. */
export function resourcesOf(template: Template, type: string): Readonly<Record<string, Resource>> {
  return template.findResources(type) as Readonly<Record<string, Resource>>;
}

/** A resolved template value as text, with every reference written as `<Name>`. */
export function text(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  if ('Ref' in value) return `<${String(value.Ref)}>`;
  if ('Fn::GetAtt' in value) return `<${(value['Fn::GetAtt'] as string[]).join('.')}>`;
  if ('Fn::Join' in value) {
    const [separator, parts] = value['Fn::Join'] as [string, readonly unknown[]];
    return parts.map(text).join(separator);
  }
  return JSON.stringify(value);
}
