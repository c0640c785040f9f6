import { Construct } from 'constructs';
import { operatorRequestPattern, scalingAlarmPattern } from '../core/contract/event-patterns.ts';
import {
  describeServices,
  describeTaskDefinitions,
  setDesiredCount,
} from './deploy-permissions.ts';
import { readAlarms } from './alarm-permissions.ts';
import type { Foundation } from './foundation.ts';
import { LoopFunction } from './loop-function.ts';
import { QueueRule } from './queue-rule.ts';
import { ScalingAlarms } from './scaling-alarms.ts';

export interface ScalingProps {
  readonly foundation: Foundation;
}

/** Scales the services of this region on alarms. */
export class Scaling extends Construct {
  readonly loop: LoopFunction<'scale-service'>;
  readonly alarms: ScalingAlarms;

  constructor(scope: Construct, id: string, { foundation }: ScalingProps) {
    super(scope, id);
    const { fleet, region, bus } = foundation;
    this.loop = new LoopFunction(this, 'ScaleService', {
      name: 'scale-service',
      foundation,
      environment: {},
      permissions: [
        readAlarms,
        describeServices(fleet, [region]),
        describeTaskDefinitions,
        setDesiredCount(fleet, [region]),
      ],
    });
    this.alarms = new ScalingAlarms(this, 'Alarms', { fleet, region });
    const alarms = scalingAlarmPattern(fleet, region);
    if (alarms !== undefined) {
      new QueueRule(this, 'AlarmChanges', {
        description: 'State changes of the alarms that scale services in this region',
        pattern: alarms,
        to: this.loop,
      });
    }
    new QueueRule(this, 'Requests', {
      description: 'Requests of operators to the scaling loop',
      pattern: operatorRequestPattern('scaling'),
      to: this.loop,
      bus,
    });
  }
}
