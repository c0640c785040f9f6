import type { Permission } from './permission.ts';

/** Reading what alarms say, for failover. */
export const readAlarmStates: Permission = {
  actions: ['cloudwatch:DescribeAlarms'],
  resources: ['*'],
  because:
    'What users feel and whether data is ready stand in alarms; names of alarms are the ' +
    "user's, and one of several regions may be asked.",
};

/** Reading alarms and their metrics, for scaling. */
export const readAlarms: Permission = {
  actions: ['cloudwatch:DescribeAlarms', 'cloudwatch:GetMetricData'],
  resources: ['*'],
  because:
    'An event only says that an alarm moved, so its state and newest datapoint are read again; ' +
    'CloudWatch offers no resource-level permission for reading metrics.',
};
