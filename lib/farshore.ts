import { Construct } from 'constructs';
import type { Fleet } from '../core/contract/fleet.ts';
import { names } from '../core/contract/names.ts';
import { GLOBAL_REGION, GlobalStack } from './global-stack.ts';
import { journalHome } from './journal-table.ts';
import { readFleet } from './read-fleet.ts';
import { RegionalStack } from './regional-stack.ts';

export interface FarshoreProps {
  /** The fleet: a parsed one, or the path of a fleet file. */
  readonly fleet: Fleet | string;
  /**
   * The AWS account to deploy to.
   * @default - the account of the credentials at the time of the deployment
   */
  readonly account?: string;
}

/**
 * The control plane of one fleet, for use in any CDK app: one stack in every region, and one in
 * us-east-1 for DNS and health checks.
 *
 * ```ts
 * new Farshore(app, 'Farshore', { fleet: 'fleet.yaml' });
 * ```
 */
export class Farshore extends Construct {
  readonly fleet: Fleet;
  /** By region, such as `us-east-1`. */
  readonly regionalStacks: Readonly<Record<string, RegionalStack>>;
  /** Undefined when no application has traffic: then there is nothing global. */
  readonly globalStack: GlobalStack | undefined;

  constructor(scope: Construct, id: string, { fleet, account }: FarshoreProps) {
    super(scope, id);
    this.fleet = typeof fleet === 'string' ? readFleet(fleet) : fleet;
    const { name, regions } = this.fleet;
    const env = (region: string) => ({ region, ...(account === undefined ? {} : { account }) });

    const stacks = Object.keys(regions).map((region) => {
      const stack = new RegionalStack(this, region, {
        fleet: this.fleet,
        region,
        env: env(region),
        stackName: names.stack(name, region),
        description: `Farshore control plane of the fleet ${name} in ${region}`,
      });
      return [region, stack] as const;
    });
    this.regionalStacks = Object.fromEntries(stacks);
    if (Object.values(this.fleet.applications).some(({ traffic }) => traffic !== undefined)) {
      this.globalStack = new GlobalStack(this, 'Global', {
        fleet: this.fleet,
        env: env(GLOBAL_REGION),
        stackName: names.globalStack(name),
        description: `Farshore health checks and DNS records of the fleet ${name}`,
      });
    }
    this.#order();
  }

  /** The journal comes first, because all write to it; DNS last, because it points at the rest. */
  #order(): void {
    const journalStack = this.regionalStacks[journalHome(this.fleet)];
    for (const stack of Object.values(this.regionalStacks)) {
      if (journalStack !== undefined && stack !== journalStack)
        stack.addStackDependency(journalStack);
      this.globalStack?.addStackDependency(stack);
    }
  }
}
