import type { Fleet } from './contract/fleet.ts';
import { loopNames } from './contract/functions.ts';
import { sendUnsentNotices } from './outbox.ts';
import type { ControlPorts } from './ports.ts';

export interface Swept {
  readonly apps: number;
  readonly wakes: number;
  /** Notices that a crash or a failing sink had left unsent. */
  readonly notices: number;
}

/**
 * Wakes every loop for every application, whatever happened: what an event was lost about is
 * found by the next sweep. The work is the same in quiet times and in bad ones.
 */
export async function sweep(fleet: Fleet, ports: ControlPorts): Promise<Swept> {
  const apps = Object.keys(fleet.applications);
  const wakes = apps.flatMap((app) => loopNames.map((loop) => ({ app, loop })));
  await Promise.all(
    wakes.map(({ app, loop }) => ports.wakes.wake(loop, { kind: 'wake', app, cause: 'sweep' }, 0)),
  );
  let notices = 0;
  for (const app of apps) notices += await sendUnsentNotices(ports, app);
  return { apps: apps.length, wakes: wakes.length, notices };
}
