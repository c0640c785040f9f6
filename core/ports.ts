import type { LoopName } from './contract/functions.ts';
import type { JournalKey } from './contract/journal.ts';
import type { Notice } from './decision.ts';
import type { Pressure } from './meter.ts';
import type { ImageUse } from './image-use.ts';
import type { PutManifest } from './put-manifest.ts';
import type { Repositories } from './repositories.ts';
import type { NativeReplication } from './native-replication.ts';

/** Time, as ms since the epoch. */
export interface Clock {
  nowMs(): number;
}

/** Chance: names for owners and records. */
export interface Ids {
  next(): string;
}

export interface Logger {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** A document and the version to write against. */
export interface Versioned<T> {
  readonly body: T;
  readonly version: number;
}

/**
 * Documents under strong consistency across regions. Only single documents are atomic: the table
 * behind it (DynamoDB with multi-region strong consistency) has no transactions.
 */
export interface Journal {
  read<T>(key: JournalKey): Promise<Versioned<T> | undefined>;
  /**
   * Writes when the stored version is the expected one; `undefined` means there is none yet.
   * Returns whether it was written: `false` says that another writer came first.
   */
  write(key: JournalKey, body: object, expectedVersion: number | undefined): Promise<boolean>;
  /** Documents of a partition whose sort key starts with the prefix, in order of sort key. */
  list<T>(partition: string, options?: ListOptions): Promise<readonly Listed<T>[]>;
}

export interface ListOptions {
  readonly prefix?: string;
  readonly newestFirst?: boolean;
  readonly limit?: number;
}

export interface Listed<T> extends Versioned<T> {
  readonly sort: string;
}

/** An image manifest, byte for byte as the registry gave it. */
export interface Manifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly body: string;
}

/** A blob as a manifest names it; sizes in bytes. */
export interface Descriptor {
  readonly digest: string;
  readonly size: number;
  readonly mediaType: string;
}

export interface TaggedImage {
  readonly tag: string;
  readonly digest: string;
  readonly pushedAtMs: number;
}

/** A blob's bytes. Chunks that nobody reads any more may be given back, to be filled again. */
export interface BlobStream extends AsyncIterable<Uint8Array> {
  recycle?(chunk: Uint8Array): void;
}

/**
 * Opens a blob's bytes at an offset. Opening it a second time reads from there again. A chunk is
 * valid until the next one is asked for: whoever keeps it longer copies it.
 */
export type OpenBlob = (from: number) => AsyncIterable<Uint8Array>;

/** An upload that was begun, so that another run can go on with it. */
export interface BegunUpload {
  /** ECR's upload id; the session's address at a registry over HTTP. */
  readonly id: string;
  /** Bytes the registry acknowledged. May be old: the registry is asked, or says where to go on. */
  readonly receivedBytes: number;
}

/** Where one upload is written down: of one blob to one repository of one target. */
export interface UploadPage {
  read(): Promise<BegunUpload | undefined>;
  /** At the beginning, and whenever the registry acknowledged more. */
  write(upload: BegunUpload): Promise<void>;
  forget(): Promise<void>;
}

/** The registry of one region. */
export interface ImageRegistry {
  /** Memory that each upload of a large blob holds, when it is not sent as it comes. */
  readonly bytesPerUpload?: number;
  /** By tag or digest; undefined when there is none. */
  manifest(repository: string, reference: string): Promise<Manifest | undefined>;
  /** Digests of those tags and digests that the repository has. */
  digests(repository: string, references: readonly string[]): Promise<ReadonlyMap<string, string>>;
  tags(repository: string): Promise<readonly TaggedImage[]>;
  /** Manifests whose subject is this digest: signatures, SBOMs, attestations. */
  referrers(repository: string, digest: string): Promise<readonly Descriptor[]>;
  missingBlobs(repository: string, digests: readonly string[]): Promise<readonly string[]>;
  /** Its last bytes come only after the digest of all was found right. */
  readBlob(repository: string, blob: Descriptor, from?: number): BlobStream;
  /**
   * Verifies the digest; a blob that is already there counts as written. Goes on with the upload
   * that stands on the page, sending at most one part again.
   */
  writeBlob(repository: string, blob: Descriptor, open: OpenBlob, page?: UploadPage): Promise<void>;
  /** Takes a blob from another repository of the same registry, without its bytes; may refuse. */
  mountBlob?(repository: string, blob: Descriptor, from: string): Promise<boolean>;
  putManifest(repository: string, manifest: Manifest, tag?: string): Promise<PutManifest>;
  /** Lists referrers of a subject in a registry that does not do so by itself. */
  linkReferrers?(
    repository: string,
    subject: string,
    referrers: readonly Manifest[],
  ): Promise<void>;
}

export interface Images {
  in(region: string): ImageRegistry;
  /** How hard the registry of a region was to call since this was last asked. */
  takePressure?(region: string): Pressure;
}

/** An ECS service in one region. */
export interface ServiceRef {
  readonly region: string;
  readonly cluster: string;
  readonly service: string;
  readonly container: string;
}

export interface ServiceDeployment {
  readonly id: string;
  readonly status: 'PRIMARY' | 'ACTIVE' | 'INACTIVE';
  readonly rolloutState: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED';
  readonly rolloutReason: string;
  readonly taskDefinition: string;
  readonly desired: number;
  readonly running: number;
}

export interface ServiceState {
  readonly status: 'ACTIVE' | 'DRAINING' | 'INACTIVE';
  readonly controller: 'ECS' | 'CODE_DEPLOY' | 'EXTERNAL';
  readonly desired: number;
  readonly running: number;
  readonly taskDefinition: string;
  /** Image of the container in the current task definition, as written there. */
  readonly image: string;
  readonly deployments: readonly ServiceDeployment[];
  /** Newest first; ECS keeps the latest 100. */
  readonly events: readonly { readonly atMs: number; readonly message: string }[];
}

export interface Services {
  /** Undefined when there is no such service. */
  describe(ref: ServiceRef): Promise<ServiceState | undefined>;
  setDesiredCount(ref: ServiceRef, count: number): Promise<void>;
  /**
   * Clones the current task definition with this image for the container and updates the service.
   * Repeating it with the same image registers nothing new. Returns the task definition.
   */
  deploy(ref: ServiceRef, image: string): Promise<string>;
  /** Updates the service to a task definition that exists. */
  useTaskDefinition(ref: ServiceRef, taskDefinition: string): Promise<void>;
  /** Targets over all target groups of the service: the smallest healthy count counts. */
  healthyTargets(ref: ServiceRef): Promise<number>;
}

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

export interface Alarm {
  readonly name: string;
  readonly state: AlarmState;
  readonly stateSinceMs: number;
  readonly threshold: number | undefined;
  readonly comparison: 'above' | 'at-or-above' | 'below' | 'at-or-below' | undefined;
  readonly actionsEnabled: boolean;
  /** The newest complete datapoint of the alarm's metric; undefined without data. */
  readonly latestValue: number | undefined;
}

/** What alarms say, without the metrics behind them: reading those is billed by the metric. */
export interface AlarmStates {
  /** Undefined when there is no such alarm. */
  state(region: string, name: string): Promise<AlarmState | undefined>;
}

export interface Alarms extends AlarmStates {
  describe(region: string, name: string): Promise<Alarm | undefined>;
}

/** The traffic switch: a latch object that a calculated health check of the primary watches. */
export interface Latch {
  /** The epoch that wrote it last and whether it holds the primary region down. */
  read(app: string): Promise<LatchState>;
  /** Refused (`false`) when a higher or equal epoch with other content is there. */
  write(app: string, state: LatchState): Promise<boolean>;
}

export interface LatchState {
  readonly latched: boolean;
  readonly epoch: number;
}

/** What one look at an address found; `status` is undefined when no answer came. */
export interface ProbeResult {
  readonly ok: boolean;
  readonly text: string;
}

/** Looks from this region at the outside, as a user's client would. */
export interface Probes {
  http(url: string): Promise<ProbeResult>;
  /** Answers of the public DNS for a TXT name; undefined when it could not be asked. */
  txt(name: string): Promise<readonly string[] | undefined>;
  /** Addresses the public DNS gives for a name; undefined when it could not be asked. */
  addresses(name: string): Promise<readonly string[] | undefined>;
}

/** The user's own functions, such as the one that promotes a database. */
export interface Hooks {
  /** Throws when the function failed; returns its answer. */
  invoke(region: string, functionName: string, input: object): Promise<unknown>;
}

/** Farshore's own events. */
export interface Events {
  publish(detailType: string, detail: object): Promise<void>;
}

/** A message that wakes a loop to look at one subject. */
export interface Wake {
  readonly kind: 'wake';
  readonly app: string;
  readonly cause: 'sweep' | 'recheck' | 'probe';
  /** Narrows the look, for example to one digest; a sweep gives none. */
  readonly subject?: string;
}

/** What a person asked of a loop, as it came. */
export interface RequestMessage {
  readonly 'detail-type': 'Operator Request';
}

/** "Come back later" as a message with a delay. Delays above 15 minutes are cut to that. */
export interface Wakes {
  wake(loop: LoopName, message: Wake | RequestMessage, delayMs: number): Promise<void>;
}

export interface Notifier {
  publish(notice: Notice, id: string): Promise<void>;
}

/** What every loop needs whatever it decides about. */
export interface ControlPorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly journal: Journal;
  readonly notifier: Notifier;
  readonly wakes: Wakes;
  /** The region this runs in. */
  readonly region: string;
}

/** Everything the control plane can reach. */
export interface Ports extends ControlPorts {
  readonly images: Images;
  readonly imageUse: ImageUse;
  readonly nativeReplication: NativeReplication;
  readonly repositories: Repositories;
  readonly services: Services;
  readonly alarms: Alarms;
  readonly latch: Latch;
  readonly probes: Probes;
  readonly hooks: Hooks;
  readonly events: Events;
  readonly accountId: string;
}
