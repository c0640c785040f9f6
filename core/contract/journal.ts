/** Attributes of the journal table: one document an item, found by partition and sort key. */
export const journalAttributes = {
  partition: 'pk',
  sort: 'sk',
  version: 'version',
  body: 'body',
} as const;

/** A place in the journal. */
export interface JournalKey {
  readonly partition: string;
  readonly sort: string;
}

const app = (name: string) => `app#${name}`;

/** Every key of the journal; each document's type stands beside the code that writes it. */
export const journalKeys = {
  appPartition: app,
  /** Who may change the application now: one lease orders rollout, scale-in and failover. */
  lease: (name: string): JournalKey => ({ partition: app(name), sort: 'lease' }),
  /** Which region serves, since which epoch; the state of a failover under way. */
  failover: (name: string): JournalKey => ({ partition: app(name), sort: 'failover' }),
  rollout: (name: string): JournalKey => ({ partition: app(name), sort: 'rollout' }),
  image: (name: string, digest: string): JournalKey => ({
    partition: app(name),
    sort: `image#${digest}`,
  }),
  imagePrefix: 'image#',
  /** Uploads of an image to one target that are under way, or were when a run ended. */
  uploads: (name: string, digest: string, target: string): JournalKey => ({
    partition: app(name),
    sort: `uploads#${digest}#${target}`,
  }),
  /** Images that are gone at home: since when, and which of them are being deleted elsewhere. */
  deletion: (name: string): JournalKey => ({ partition: app(name), sort: 'deletion' }),
  /** The rules of ECR's own replication that Farshore wrote in a region; no application owns it. */
  nativeRules: (region: string): JournalKey => ({ partition: 'native-rules', sort: region }),
  nativeRulesPartition: 'native-rules',
  scaling: (name: string, region: string, service: string): JournalKey => ({
    partition: app(name),
    sort: `scaling#${region}#${service}`,
  }),
  /** What one observing region sees of every region of the application. */
  evidence: (name: string, observer: string): JournalKey => ({
    partition: app(name),
    sort: `evidence#${observer}`,
  }),
  evidencePrefix: 'evidence#',
  /** The latest decision of a loop for one subject: what `explain` reads. */
  standing: (name: string, loop: string, subject: string): JournalKey => ({
    partition: app(name),
    sort: `standing#${loop}#${subject}`,
  }),
  standingPrefix: 'standing#',
  /** Every decision that acted or changed its reason, oldest first; it carries its notice. */
  record: (name: string, atIso: string, id: string): JournalKey => ({
    partition: `records#${name}`,
    sort: `${atIso}#${id}`,
  }),
  recordPartition: (name: string) => `records#${name}`,
} as const;
