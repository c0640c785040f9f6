import type { BuiltCloud } from '../build-cloud.ts';
import { readCloudAssembly } from './cloud-assembly.ts';
import { type DeployedStack, deployStack } from './deploy-stack.ts';

/** Where an assembly is deployed to: a local cloud, as `buildCloud` makes it. */
export interface DeployTarget {
  readonly cloud: BuiltCloud['cloud'];
  readonly models: Pick<BuiltCloud['models'], 'dynamodb'>;
}

/** What stands after a deployment. */
export interface Deployed {
  readonly stacks: readonly DeployedStack[];
}

/**
 * Deploys what `cdk synth` wrote, as CloudFormation would: every resource of every stack becomes
 * API calls, in the order of the dependencies. A resource the local cloud cannot stand in for is
 * refused by name, so that nothing seems to work here that was never there.
 */
export async function deployAssembly(target: DeployTarget, directory: string): Promise<Deployed> {
  const exports = new Map<string, unknown>();
  const stacks: DeployedStack[] = [];
  for (const stack of readCloudAssembly(directory)) {
    stacks.push(await deployStack(target, stack, exports));
  }
  return { stacks };
}
