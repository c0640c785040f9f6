import type { Ports } from '../core/ports.ts';
import {
  alarms,
  events,
  hooks,
  images,
  imageUse,
  latch,
  nativeReplication,
  probes,
  repositories,
  services,
} from './adapters.ts';
import type { AwsSetting } from './aws-setting.ts';
import { controlPorts } from './control-ports.ts';

/** Every port of the control plane on AWS, for a person's commands. */
export function awsPorts(aws: AwsSetting): Ports {
  return {
    ...controlPorts(aws),
    accountId: aws.accountId,
    alarms: alarms(aws),
    events: events(aws),
    hooks: hooks(aws),
    images: images(aws),
    imageUse: imageUse(aws),
    latch: latch(aws),
    nativeReplication: nativeReplication(aws),
    probes: probes(aws),
    repositories: repositories(aws),
    services: services(aws),
  };
}
