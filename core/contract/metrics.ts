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

/** What is measured of copies; dimensions: `service`, `app`, and `region`: target or source. */
export const copyMetrics = {
  /** From the push until the tag can be seen in the target. */
  lag: { name: 'ReplicationLag', unit: 'Milliseconds' },
  read: { name: 'BytesRead', unit: 'Bytes' },
  written: { name: 'BytesWritten', unit: 'Bytes' },
  /** What the target held already. */
  skipped: { name: 'BytesSkipped', unit: 'Bytes' },
  /** Uploads that went on where an earlier run was ended. */
  resumes: { name: 'Resumes', unit: 'Count' },
  /** Calls that the registry of the region refused because there were too many. */
  throttles: { name: 'Throttles', unit: 'Count' },
  /** What calls waited so that they are not refused: the sum over those that run side by side. */
  paced: { name: 'PacedCalls', unit: 'Milliseconds' },
} as const;
