import type { Permission } from './permission.ts';

/** Reading alarms, for the loops that decide on them. */
export const readAlarms: Permission = {
  actions: ['cloudwatch:DescribeAlarms', 'cloudwatch:GetMetricData'],
  resources: ['*'],
  because:
    'An event only says that an alarm moved, so its state and newest datapoint are read again; ' +
    'CloudWatch offers no resource-level permission for reading metrics.',
};
