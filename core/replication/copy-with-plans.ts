import { messageOf, StaleError } from '../errors.ts';
import type { CopyFailure } from './copy-failures.ts';
import { copyImage, type CopyRequest, type CopyResult } from './copy-image.ts';
import type { Refusal } from './parse-manifest.ts';

/** Plans of one run: what changes faster than that is left to the next one. */
const PLANS_MAX = 3;

/**
 * Copies, and plans anew for targets whose repository is not there, or not any more, once `mend`
 * has made it.
 */
export async function copyWithPlans(
  request: CopyRequest,
  mend: (target: string) => Promise<void>,
): Promise<CopyResult | Refusal> {
  let copied = await copyImage(request);
  for (let plan = 2; plan <= PLANS_MAX; plan += 1) {
    if ('refused' in copied) return copied;
    const stale = copied.failed.filter(({ error }) => error instanceof StaleError);
    if (stale.length === 0) return copied;
    const names = stale.map(({ region }) => region);
    const unmended = await mendAll(names, mend);
    const mended = names.filter((name) => !unmended.some(({ region }) => region === name));
    const others = copied.failed.filter(({ region }) => !names.includes(region));
    const failed = [...others, ...unmended];
    if (mended.length === 0) return { ...copied, failed };
    const targets = request.targets.filter(({ name }) => mended.includes(name));
    const again = await copyImage({ ...request, targets });
    if ('refused' in again) return again;
    copied = {
      done: [...copied.done, ...again.done],
      failed: [...failed, ...again.failed],
      stopped: [...copied.stopped, ...again.stopped],
      bytes: copied.bytes + again.bytes,
      attachments: again.attachments,
    };
  }
  return copied;
}

/** A target that cannot be mended fails for itself. */
async function mendAll(
  names: readonly string[],
  mend: (target: string) => Promise<void>,
): Promise<readonly CopyFailure[]> {
  const found = await Promise.all(
    names.map(async (region) => {
      try {
        await mend(region);
        return [];
      } catch (error) {
        return [{ region, cause: messageOf(error), error }];
      }
    }),
  );
  return found.flat();
}
