import type { CopyMeter } from './copy-meter.ts';
import type { Replication } from './decide-replication.ts';
import type { ReplicationPorts } from './replication-ports.ts';

/** Tells what one copy read, wrote, skipped, resumed, and how hard registries were to call. */
export function measureCopy(
  { meter: tell, images }: ReplicationPorts,
  { app, home, targets }: Replication,
  { meter, resumed }: { readonly meter: CopyMeter; readonly resumed: number },
): void {
  const atHome = { app, region: home };
  tell.measure(atHome, 'read', meter.readBytes);
  if (resumed > 0) tell.measure(atHome, 'resumes', resumed);
  for (const [region, { writtenBytes, skippedBytes }] of meter.targets()) {
    tell.measure({ app, region }, 'written', writtenBytes);
    tell.measure({ app, region }, 'skipped', skippedBytes);
  }
  for (const region of [home, ...targets]) {
    const { throttles = 0, pacedMs = 0 } = images.takePressure?.(region) ?? {};
    if (throttles > 0) tell.measure({ app, region }, 'throttles', throttles);
    if (pacedMs > 0) tell.measure({ app, region }, 'paced', pacedMs);
  }
}
