import { StaleError } from '../errors.ts';
import { copyImage, type CopyRequest, type CopyResult } from './copy-image.ts';
import type { Refusal } from './parse-manifest.ts';

/** Plans of one run: what changes faster than that is left to the next one. */
const PLANS_MAX = 3;

/**
 * Copies, and plans anew for targets whose repository was not there any more, once `prepare` has
 * made it again.
 */
export async function copyWithPlans(
  request: CopyRequest,
  prepare: (targets: readonly string[]) => Promise<void>,
): Promise<CopyResult | Refusal> {
  let copied = await copyImage(request);
  for (let plan = 2; plan <= PLANS_MAX; plan += 1) {
    if ('refused' in copied) return copied;
    const stale = copied.failed.filter(({ error }) => error instanceof StaleError);
    if (stale.length === 0) return copied;
    const names = stale.map(({ region }) => region);
    await prepare(names);
    const targets = request.targets.filter(({ name }) => names.includes(name));
    const again = await copyImage({ ...request, targets });
    if ('refused' in again) return again;
    const kept = copied.failed.filter(({ region }) => !names.includes(region));
    copied = {
      ...again,
      done: [...copied.done, ...again.done],
      failed: [...kept, ...again.failed],
      stopped: [...copied.stopped, ...again.stopped],
      bytes: copied.bytes + again.bytes,
    };
  }
  return copied;
}
