/** Namespace of everything Farshore measures of itself. */
export const METRICS_NAMESPACE = 'Farshore';

/** Metric names with their CloudWatch units. Dimensions: `service` (the function) and `app`. */
export const metrics = {
  decisions: { name: 'Decisions', unit: 'Count' },
  failures: { name: 'Failures', unit: 'Count' },
  deadLetters: { name: 'DeadLetters', unit: 'Count' },
  eventAge: { name: 'EventAge', unit: 'Milliseconds' },
  sweeps: { name: 'Sweeps', unit: 'Count' },
  noticesSent: { name: 'NoticesSent', unit: 'Count' },
} as const;
