import { createHash } from 'node:crypto';
import type { AssemblyStack } from './cloud-assembly.ts';
import type { DeployTarget } from './deploy-assembly.ts';
import { inertResources } from './inert-resources.ts';
import type { CreatedResource, Deployment, Properties } from './resource-handler.ts';
import { resourceHandlers } from './resource-handlers.ts';
import { resourceOrder } from './resource-order.ts';
import { StackScope } from './stack-scope.ts';
import type { TemplateResource } from './template.ts';

/** A resource that the deployment created. */
interface DeployedResource {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
}

export interface DeployedStack {
  readonly name: string;
  readonly region: string;
  readonly resources: readonly DeployedResource[];
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** Creates every resource of one stack; `exports` gains what the stack exports. */
export async function deployStack(
  target: DeployTarget,
  stack: AssemblyStack,
  exports: Map<string, unknown>,
): Promise<DeployedStack> {
  const { template, name, region } = stack;
  const { accountId } = target.cloud;
  const scope = new StackScope({ template, stackName: name, region, accountId, exports });
  const resources: DeployedResource[] = [];
  for (const logicalId of resourceOrder(template)) {
    const resource = template.Resources?.[logicalId];
    if (resource === undefined) continue;
    if (resource.Condition !== undefined && !scope.condition(resource.Condition)) continue;
    const created = await create(target, { stack, scope, logicalId, resource });
    scope.add(logicalId, created);
    resources.push({ logicalId, type: resource.Type, physicalId: created.ref });
  }
  return { name, region, resources, outputs: outputsOf(stack, scope, exports) };
}

interface Creation {
  readonly stack: AssemblyStack;
  readonly scope: StackScope;
  readonly logicalId: string;
  readonly resource: TemplateResource;
}

async function create(target: DeployTarget, creation: Creation): Promise<CreatedResource> {
  const { stack, scope, logicalId, resource } = creation;
  const { Type } = resource;
  try {
    const properties = scope.resolve(resource.Properties ?? {}) as Properties;
    const deployment = deploymentOf(target, stack, logicalId);
    const handler = resourceHandlers[Type];
    if (handler !== undefined) return await handler(properties, deployment);
    const inert = inertResources[Type];
    if (inert !== undefined) return inert.create(properties, deployment);
    throw new Error('the local cloud does not implement this type of resource');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${stack.name}: ${logicalId} (${Type}) cannot be created: ${reason}`, {
      cause: error,
    });
  }
}

function deploymentOf(target: DeployTarget, stack: AssemblyStack, logicalId: string): Deployment {
  const { cloud, models } = target;
  const { name, region, assets } = stack;
  return {
    cloud,
    models,
    region,
    accountId: cloud.accountId,
    logicalId,
    assets,
    generatedName: (lengthMax) => generatedName(name, logicalId, lengthMax),
    call: (service, operation, input) =>
      cloud.call({ service, operation, input, region, principal: {} }),
  };
}

/** As CloudFormation does it, except that the suffix is the same in every run. */
function generatedName(stackName: string, logicalId: string, lengthMax: number): string {
  const suffix = createHash('sha256')
    .update(`${stackName}/${logicalId}`)
    .digest('hex')
    .slice(0, 12);
  return `${`${stackName}-${logicalId}`.slice(0, lengthMax - suffix.length - 1)}-${suffix}`;
}

function outputsOf(
  { template }: AssemblyStack,
  scope: StackScope,
  exports: Map<string, unknown>,
): Readonly<Record<string, unknown>> {
  const outputs: Record<string, unknown> = {};
  for (const [name, output] of Object.entries(template.Outputs ?? {})) {
    if (output.Condition !== undefined && !scope.condition(output.Condition)) continue;
    const value = scope.resolve(output.Value);
    outputs[name] = value;
    if (output.Export !== undefined) exports.set(String(scope.resolve(output.Export.Name)), value);
  }
  return outputs;
}
