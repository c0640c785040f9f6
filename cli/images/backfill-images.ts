import { journalKeys } from '../../core/contract/journal.ts';
import type { RegionCopy, ReplicatedImage } from '../../core/replicated-image.ts';
import { type DriftedImage, observeLibrary } from '../../core/replication/observe-library.ts';
import { durationOption } from '../duration-option.ts';
import { CommandError, exitCode } from '../exit-code.ts';
import { sendRequest } from '../operator-request.ts';
import { type Output, table } from '../output.ts';
import type { Target } from '../target.ts';
import { BackfillProgress } from './backfill-progress.ts';

export interface BackfillOptions {
  /** Patterns such as `1.4.*`; none means all that the policy selects. */
  readonly tags: readonly string[];
  readonly isDryRun: boolean;
  readonly isWaited: boolean;
  readonly timeout: string;
}

/** How often the journal is read, and how often the function is asked for more, in ms. */
const POLL_MS = 1_000;
const ASK_MS = 30_000;

/** Shows what an application's regions lack, then has it copied and tells how that goes. */
export async function backfillImages(
  target: Target,
  name: string,
  options: BackfillOptions,
  output: Output,
): Promise<void> {
  const app = target.requireApp(name);
  const timeoutMs = durationOption(options.timeout);
  const application = target.requireApplication(app);
  const { tags } = options;
  const ports = target.portsIn(application.home);
  const { drifted, selected, silent } = await observeLibrary(ports, {
    app,
    application,
    backfill: { tags },
  });
  const lacking = drifted.filter(({ regions }) => regions.length > 0);
  for (const each of lacking) output.data({ kind: 'planned', ...named(each) }, rowOf(each));
  const copies = lacking.reduce((sum, { regions }) => sum + regions.length, 0);
  const found = { app, selected, images: lacking.length, copies, silent };
  const text = `${lacking.length} of ${selected} images lack something, ${copies} copies in all.`;
  if (silent.length > 0) {
    output.note(`What ${silent.join(', ')} lacks is not known: no answer came from there.`);
    process.exitCode = exitCode.notReady;
  }
  if (options.isDryRun || lacking.length === 0) {
    output.data({ kind: 'plan', ...found }, text);
    return;
  }
  output.note(text);
  const ask = () =>
    sendRequest(target, {
      loop: 'replication',
      app,
      region: application.home,
      request: { kind: 'backfill', tags },
    });
  await ask();
  if (!options.isWaited) {
    const follow = `Asked for them. Follow it with \`farshore events --app ${app}\`.`;
    output.data({ kind: 'requested', ...found }, follow);
    return;
  }
  const failed = await follow(target, { app, lacking, ask, timeoutMs }, output);
  output.data(
    { kind: 'backfilled', ...found, failed },
    `${copies - failed} of ${copies} copies made.`,
  );
  if (failed > 0) process.exitCode = exitCode.failed;
}

/** One image that one region lacks. */
interface Copy {
  readonly image: DriftedImage;
  readonly region: string;
}

interface Following {
  readonly app: string;
  readonly lacking: readonly DriftedImage[];
  readonly ask: () => Promise<unknown>;
  readonly timeoutMs: number;
}

/** Tells each copy that is made or given up, until all are; returns how many were given up. */
async function follow(
  target: Target,
  { app, lacking, ask, timeoutMs }: Following,
  output: Output,
): Promise<number> {
  const open = new Map<string, Copy>(
    lacking.flatMap((image) =>
      image.regions.map((region) => [`${subjectOf(image)} ${region}`, { image, region }] as const),
    ),
  );
  const isLive = !output.isJson && process.stderr.isTTY;
  const regions = [...open.values()].map(({ region }) => region);
  const progress = new BackfillProgress(regions, isLive ? process.stderr : undefined);
  const startedAtMs = Date.now();
  let askedAtMs = startedAtMs;
  let failed = 0;
  for (;;) {
    const records = await recordsOf(target, app);
    for (const [key, { image, region }] of open) {
      const settled = settledCopy(records.get(image.digest), image, region);
      if (settled === undefined) continue;
      open.delete(key);
      if (settled.state === 'failed') failed += 1;
      const { state, cause } = settled;
      progress.settled(region, state === 'whole');
      output.data(
        {
          kind: 'copied',
          ...named(image),
          region,
          state,
          ...(cause === undefined ? {} : { cause }),
        },
        `${nameOf(image)}  ${region}  ${state}${cause === undefined ? '' : `: ${cause}`}`,
      );
    }
    const elapsedMs = Date.now() - startedAtMs;
    progress.show({ ...waitingIn([...open.values()], records), elapsedMs });
    if (open.size === 0) return failed;
    if (elapsedMs > timeoutMs) throw timedOut(app, open.size);
    // The function copies a bounded number at once; the sweep would come for the rest later.
    if (Date.now() - askedAtMs > ASK_MS) {
      askedAtMs = Date.now();
      await ask();
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** How many of the open copies a function was asked for, and how many failed and come again. */
function waitingIn(open: readonly Copy[], records: ReadonlyMap<string, ReplicatedImage>) {
  const onTheirWay = new Map<string, number>();
  const again = new Map<string, number>();
  for (const { image, region } of open) {
    const record = records.get(image.digest);
    const isFailed = record?.copies?.[region]?.state === 'failed';
    if (record?.wokenAtMs === undefined && !isFailed) continue;
    const counts = isFailed ? again : onTheirWay;
    counts.set(region, (counts.get(region) ?? 0) + 1);
  }
  return { onTheirWay, again };
}

/** What became of a copy since it was planned; undefined while it may still be made. */
function settledCopy(
  record: ReplicatedImage | undefined,
  planned: DriftedImage,
  region: string,
): RegionCopy | undefined {
  const copy = record?.copies?.[region];
  if (copy === undefined || copy.atMs === planned.record?.copies?.[region]?.atMs) return undefined;
  return copy.state === 'whole' || record?.refused !== undefined ? copy : undefined;
}

async function recordsOf(
  target: Target,
  app: string,
): Promise<ReadonlyMap<string, ReplicatedImage>> {
  const partition = journalKeys.appPartition(app);
  const options = { prefix: journalKeys.imagePrefix };
  const found = await target.ports.journal.list<ReplicatedImage>(partition, options);
  return new Map(found.map(({ body }) => [body.digest, body]));
}

function timedOut(app: string, open: number): CommandError {
  const text =
    `${open} copies are not made yet. It goes on without this command: look with ` +
    `\`farshore explain ${app}\` and \`farshore events --app ${app}\`.`;
  return new CommandError(exitCode.timedOut, text);
}

function named({ tag, digest, regions }: DriftedImage) {
  return { ...(tag === undefined ? {} : { tag }), digest, regions };
}

function nameOf({ tag, digest }: DriftedImage): string {
  return tag ?? digest.slice(0, 19);
}

function subjectOf({ tag = '', digest }: DriftedImage): string {
  return `${tag}@${digest}`;
}

function rowOf(image: DriftedImage): string {
  return table([[nameOf(image), image.digest.slice(0, 19), image.regions.join(', ')]]);
}
