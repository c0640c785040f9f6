import { Command } from 'commander';
import type { Output } from '../output.ts';
import { addTargetOptions, type OpenTarget, openTarget, type TargetOptions } from '../target.ts';

interface CopyFlags {
  readonly attachments: boolean;
  readonly platform?: string;
}

interface BackfillFlags extends TargetOptions {
  readonly tags: readonly string[];
  readonly dryRun?: boolean;
  readonly wait: boolean;
  readonly timeout: string;
}

interface PruneFlags extends TargetOptions {
  readonly confirm?: string;
  readonly dryRun?: boolean;
}

/** `farshore images`: copies, compares and shows images of any OCI registries. */
export function imagesCommand(output: Output, open: OpenTarget = openTarget): Command {
  const images = new Command('images').description('Work on images in any OCI registries.');
  images
    .command('copy')
    .description('Copy an image with all that belongs to it, reading it once for all targets.')
    .argument('<source>', 'such as registry.example/team/app:1.2.0')
    .argument(
      '<targets...>',
      'such as other.example/team/app; the tag is that of the source by default',
    )
    .option('--no-attachments', 'without signatures, SBOMs and attestations')
    .option('--platform <platform>', 'only one platform of the image, such as linux/arm64')
    .action((source: string, targets: string[], options: CopyFlags) =>
      run(async () => {
        const { copyImages } = await import('../images/copy-images.ts');
        await copyImages(source, targets, options, output);
      }),
    );
  images
    .command('verify')
    .description('Compare an image with its copies; ends with 3 when one differs.')
    .argument('<source>', 'the image')
    .argument('<copies...>', 'where its copies are')
    .action((source: string, copies: string[]) =>
      run(async () => {
        const { verifyImages } = await import('../images/verify-images.ts');
        await verifyImages(source, copies, output);
      }),
    );
  images
    .command('list')
    .description('List the tags of a repository with their digests.')
    .argument('<repository>', 'such as registry.example/team/app')
    .action((repository: string) =>
      run(async () => {
        const { listImages } = await import('../images/show-images.ts');
        await listImages(repository, output);
      }),
    );
  images
    .command('show')
    .description('Show what an image is made of, attachments included.')
    .argument('<image>', 'such as registry.example/team/app:1.2.0')
    .action((image: string) =>
      run(async () => {
        const { showImage } = await import('../images/show-images.ts');
        await showImage(image, output);
      }),
    );
  images.addCommand(backfillCommand(output, open));
  images.addCommand(pruneCommand(output, open));
  return images;
}

function backfillCommand(output: Output, open: OpenTarget): Command {
  return addTargetOptions(
    new Command('backfill')
      .description("Copy what an application's regions lack of the images its policy selects.")
      .argument('<app>')
      .option('--tags <pattern...>', 'only tags like these, such as 1.4.*', [])
      .option('--dry-run', 'show what is missing where and change nothing')
      .option('--no-wait', 'do not wait until all is copied')
      .option('--timeout <duration>', 'how long to wait', '2h'),
  ).action(async (name: string, { tags, dryRun, wait, timeout, ...target }: BackfillFlags) => {
    const { backfillImages } = await import('../images/backfill-images.ts');
    const options = { tags, isDryRun: dryRun === true, isWaited: wait, timeout };
    await backfillImages(await open(target, output), name, options, output);
  });
}

function pruneCommand(output: Output, open: OpenTarget): Command {
  return addTargetOptions(
    new Command('prune')
      .description('Delete in the other regions what is gone at home and due; show what is kept.')
      .argument('<app>')
      .option('--confirm <app>', 'the application; asked for on a terminal')
      .option('--dry-run', 'show what is gone, what is due and what is kept, and change nothing'),
  ).action(async (name: string, { confirm, dryRun, ...target }: PruneFlags) => {
    const { pruneImages } = await import('../images/prune-images.ts');
    const options = { confirm, isDryRun: dryRun === true };
    await pruneImages(await open(target, output), name, options, output);
  });
}

/** The registry code is loaded with the command that needs it, not with every other one. */
async function run(work: () => Promise<void>): Promise<void> {
  const { endingWell } = await import('../images/command-failure.ts');
  await endingWell(work);
}
