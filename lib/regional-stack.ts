import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Fleet } from '../core/contract/fleet.ts';
import { names } from '../core/contract/names.ts';
import { Failover } from './failover.ts';
import { Foundation } from './foundation.ts';
import { Operations } from './operations.ts';
import { OperationsDashboard } from './operations-dashboard.ts';
import { Probing } from './probing.ts';
import { Replication } from './replication.ts';
import { Rollout } from './rollout.ts';
import { Scaling } from './scaling.ts';
import { Sweeping } from './sweeping.ts';

export interface RegionalStackProps extends StackProps {
  readonly fleet: Fleet;
  readonly region: string;
}

/**
 * Everything Farshore runs in one region, the same in every region of the fleet: four loops, each
 * a function behind its own queue, the probes that give the failover loop its evidence, and the
 * sweep that wakes them all. No region needs another one to work.
 */
export class RegionalStack extends Stack {
  readonly foundation: Foundation;
  readonly replication: Replication;
  readonly rollout: Rollout;
  readonly scaling: Scaling;
  readonly failover: Failover;
  readonly probing: Probing;
  readonly sweeping: Sweeping;

  constructor(scope: Construct, id: string, { fleet, region, ...props }: RegionalStackProps) {
    super(scope, id, props);
    const foundation = new Foundation(this, 'Foundation', { fleet, region });

    this.foundation = foundation;
    this.replication = new Replication(this, 'Replication', { foundation });
    this.rollout = new Rollout(this, 'Rollout', { foundation });
    this.scaling = new Scaling(this, 'Scaling', { foundation });
    this.failover = new Failover(this, 'Failover', { foundation });
    const loops = {
      replication: this.replication.loop,
      rollout: this.rollout.loop,
      scaling: this.scaling.loop,
      failover: this.failover.loop,
    };
    this.probing = new Probing(this, 'Probing', { foundation, failover: loops.failover });
    this.sweeping = new Sweeping(this, 'Sweeping', { foundation, loops });

    const all = [...Object.values(loops), this.probing.loop, this.sweeping.loop];
    new Operations(this, 'Operations', {
      loops: all,
      sweep: this.sweeping.loop,
      sweepEveryMs: fleet.sweepEvery,
      topic: foundation.notices.topic,
    });
    new OperationsDashboard(this, 'Dashboard', {
      dashboardName: names.stack(fleet.name, region),
      loops: all,
      fleet,
      region,
    });
  }
}
