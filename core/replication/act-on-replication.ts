import type { Run } from '../control-loop.ts';
import type { Outcome } from '../decision.ts';
import { carryImage } from './carry-image.ts';
import type { Repair } from './decide-repair.ts';
import type { ReplicationDecision } from './decide-replication.ts';
import { ImageRecord } from './image-record.ts';
import { subjectOfImage } from './image-subject.ts';
import type { ReplicationObserved } from './observe-replication.ts';
import type { ReplicationPorts } from './replication-ports.ts';

/** Copies one image, or asks for copies of those that drifted. */
export async function actOnReplication(
  ports: ReplicationPorts,
  work: { decision: ReplicationDecision; observed: ReplicationObserved; run: Run },
): Promise<Outcome> {
  const { decision, observed, run } = work;
  if (decision.action === 'repair') return askForCopies(ports, decision);
  // The time that ECR has runs from the moment that is written down here.
  if (decision.action === 'await') await new ImageRecord(ports, decision).begin();
  if (decision.action !== 'copy' || observed.found !== 'image') {
    return { status: 'done', text: decision.reason.text };
  }
  return carryImage(ports, { decision, image: observed.image, run });
}

/** A message for each image, so that functions copy side by side and a bad one stops no other. */
async function askForCopies(ports: ReplicationPorts, { app, images }: Repair): Promise<Outcome> {
  for (const image of images) {
    const subject = subjectOfImage(image);
    await ports.wakes.wake('replication', { kind: 'wake', app, cause: 'sweep', subject }, 0);
    await new ImageRecord(ports, { app, home: ports.region, ...image }).woken();
  }
  return { status: 'done', text: `Asked for copies of ${images.length} image(s).` };
}
