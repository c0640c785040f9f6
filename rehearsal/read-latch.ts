import { LATCHED, latchKey, names } from '../core/contract/names.ts';
import type { WorldView } from './world-view.ts';

/** The latch of an application as it lies in its bucket; undefined before the first write. */
export function readLatch(
  view: WorldView,
  app: string,
): { readonly latched: boolean; readonly epoch: number } | undefined {
  const [primary = '', standby = ''] = view.application(app).regions;
  const { cloud, models } = view.cloud.built;
  const bucket = names.latchBucket(view.cloud.fleet.name, cloud.accountId, standby);
  const content = models.s3.find(bucket)?.current(latchKey(app, primary))?.content;
  if (content === undefined) return undefined;
  const text = Buffer.from(content).toString();
  const epoch = Number(/epoch=(\d+)/.exec(text)?.[1] ?? 0);
  return { latched: text.startsWith(LATCHED), epoch };
}
