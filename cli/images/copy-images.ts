import { homedir } from 'node:os';
import path from 'node:path';
import type { Manifest } from '../../core/ports.ts';
import type { CopyResult } from '../../core/replication/copy-image.ts';
import { noPulse } from '../../core/replication/heartbeat.ts';
import type { CopyTarget, Place } from '../../core/replication/place.ts';
import { type ImageReference, parseReference } from '../../registry/image-reference.ts';
import { CommandError, exitCode } from '../exit-code.ts';
import type { Output } from '../output.ts';
import { exitCodeOf } from './command-failure.ts';
import { CopyProgress, type TargetProgress } from './copy-progress.ts';
import { openRegistries, type Registries } from './open-registries.ts';
import { readImage } from './read-image.ts';
import { uploadBookIn } from './upload-book-file.ts';

export interface CopyOptions {
  /** Whether signatures, SBOMs and attestations travel along. */
  readonly attachments: boolean;
  /** Only this platform of an index, such as `linux/arm64`. */
  readonly platform?: string;
}

/**
 * What an image of a dozen layers needs at once: a source is asked for its attachments and a few
 * layers, a target whether it has each layer.
 */
const connections = {
  source: { requests: 6, bodies: 4 },
  target: { requests: 16, bodies: 0 },
};

/** Copies an image from one registry to any number of others, reading it once. */
export async function copyImages(
  source: string,
  targets: readonly string[],
  options: CopyOptions,
  output: Output,
): Promise<void> {
  const from = parseReference(source);
  const to = targets.map((text) => parseReference(text));
  const registries = openRegistries('pull,push');
  try {
    await copy({ from, to, options, output, registries });
  } finally {
    registries.close();
  }
}

interface Copying {
  readonly from: ImageReference;
  readonly to: readonly ImageReference[];
  readonly options: CopyOptions;
  readonly output: Output;
  readonly registries: Registries;
}

async function copy({ from, to, options, output, registries }: Copying): Promise<void> {
  const source = registries.place(from);
  const targets = to.map((reference) => targetOf(registries, reference, from));
  registries.prepare(from, connections.source);
  for (const reference of to) registries.prepare(reference, connections.target);
  // The engine is loaded while the registries answer for the first time.
  const [root, { copyImage }, ...approached] = await Promise.all([
    rootOf(source, from, options.platform),
    import('../../core/replication/copy-image.ts'),
    ...targets.map(approach),
  ]);
  const progress = new CopyProgress(
    output,
    targets.map(({ name }) => name),
  );
  progress.start();
  const isWhole = options.platform === undefined && from.digest === undefined;
  const startedAtMs = performance.now();
  const copied = await copyImage({
    source,
    digest: root.digest,
    ...(isWhole ? { sourceTag: from.tag ?? 'latest' } : {}),
    targets: approached,
    clock: { nowMs: () => performance.now() },
    pulse: noPulse,
    watcher: progress,
    known: root,
    isBare: !options.attachments,
    book: uploadBookIn(bookFolder()),
  }).finally(() => {
    progress.stop();
  });
  if ('refused' in copied) throw new CommandError(exitCode.failed, copied.refused);
  tell(
    output,
    { copied, digest: root.digest, seconds: (performance.now() - startedAtMs) / 1_000 },
    {
      source: source.name,
      targets: progress.list(),
      traffic: registries.traffic(),
    },
  );
  endWith(copied);
}

function tell(
  output: Output,
  { copied, digest, seconds }: { copied: CopyResult; digest: string; seconds: number },
  details: {
    readonly source: string;
    readonly targets: readonly TargetProgress[];
    readonly traffic: object;
  },
): void {
  const lines = details.targets.filter(({ state }) => state === 'done').map(summaryOf);
  output.data(
    { kind: 'copied', ...details, digest, seconds, attachments: copied.attachments },
    [`${details.source} ${digest} in ${seconds.toFixed(1)} s`, ...lines].join('\n'),
  );
}

function summaryOf({ target, bytes, presentBlobs, mountedBytes }: TargetProgress): string {
  const written = `${mebibytes(bytes - mountedBytes)} MiB written`;
  const mounted = mountedBytes === 0 ? '' : `, ${mebibytes(mountedBytes)} MiB mounted`;
  return `${target}: ${written}, ${presentBlobs} layers skipped${mounted}`;
}

function endWith({ failed }: CopyResult): void {
  const [first] = failed;
  if (first === undefined) return;
  const lines = failed.map(({ region, cause }) => `${region}: ${cause}`);
  throw new CommandError(exitCodeOf(first.error), lines.join('\n'), { cause: first.error });
}

/**
 * Connects and logs in to a target while the source is still being read, and sees whether it has
 * the image. What goes wrong shows again, and is told, when the target is really asked.
 */
async function approach(target: CopyTarget): Promise<CopyTarget> {
  const { registry, repository, tag = 'latest' } = target;
  const seen = await registry.digests(repository, [tag]).then(
    (digests) => digests.get(tag),
    () => undefined,
  );
  return seen === undefined ? target : { ...target, seen };
}

async function rootOf(
  source: Place,
  from: ImageReference,
  platform: string | undefined,
): Promise<Manifest> {
  const root = await readImage(source, from);
  if (platform === undefined) return root;
  const { platformOf } = await import('./platform-of.ts');
  return platformOf(source, root, platform);
}

/** Without a tag of its own a target gets the source's; an image by digest stays untagged. */
function targetOf(
  registries: Registries,
  reference: ImageReference,
  from: ImageReference,
): CopyTarget {
  if (reference.digest !== undefined) {
    throw new CommandError(exitCode.usage, 'A target is written by tag; leave the digest out.');
  }
  const fromTag = from.digest === undefined ? (from.tag ?? 'latest') : from.tag;
  const tag = reference.tag ?? fromTag;
  return { ...registries.place(reference), ...(tag === undefined ? {} : { tag }) };
}

/** Where a copy that was killed finds the uploads it had begun. */
function bookFolder(): string {
  const cache = process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache');
  return path.join(cache, 'farshore', 'uploads');
}

function mebibytes(bytes: number): string {
  return (bytes / 1_048_576).toFixed(1);
}
