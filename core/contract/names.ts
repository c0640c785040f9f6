/**
 * Physical names that one region must know of another, or a person of the fleet.
 * Everything else keeps the name CloudFormation gives it.
 */
export const names = {
  stack: (fleet: string, region: string) => `farshore-${fleet}-${region}`,
  globalStack: (fleet: string) => `farshore-${fleet}-global`,
  journalTable: (fleet: string) => `farshore-${fleet}-journal`,
  bus: (fleet: string) => `farshore-${fleet}`,
  topic: (fleet: string) => `farshore-${fleet}-notices`,
  function: (fleet: string, name: string) => `farshore-${fleet}-${name}`,
  queue: (fleet: string, name: string) => `farshore-${fleet}-${name}`,
  deadLetterQueue: (fleet: string, name: string) => `farshore-${fleet}-${name}-dead-letters`,
  latchBucket: (fleet: string, account: string, region: string) =>
    `farshore-${fleet}-latch-${account}-${region}`,
  scalingAlarm: (fleet: string, app: string, policy: string) =>
    `farshore-${fleet}-${app}-${policy}`,
  endpointAlarm: (fleet: string, app: string, region: string) =>
    `farshore-${fleet}-${app}-${region}-endpoint`,
} as const;

/** Where the calculated health check of the primary region looks for its latch. */
export const latchKey = (app: string, primaryRegion: string) => `${app}/${primaryRegion}`;

/** A latch object with this word holds the primary region down; any other content does not. */
export const LATCHED = 'LATCHED';

/** TXT record through which Route 53's own verdict of an endpoint is read: `"up"` or `"down"`. */
export const verdictRecord = (region: string, record: string) => `_farshore-${region}.${record}`;
