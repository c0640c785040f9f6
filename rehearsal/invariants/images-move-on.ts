import { journalKeys } from '../../core/contract/journal.ts';
import type { ReplicatedImage } from '../../core/replicated-image.ts';
import { isUnderWay, type RolloutDocument } from '../../core/rollout/rollout-state.ts';
import type { WorldView } from '../world-view.ts';
import type { AtRest } from './at-rest.ts';

export const imagesMoveOn: AtRest = {
  name: 'images-move-on',
  sentence:
    'every image that was pushed is copied and rolled out, or people were told where it stands; ' +
    'where its home region can do nothing, the move of traffic tells',
  look: (view, app) => {
    const document = view.document(journalKeys.rollout(app)) as RolloutDocument | undefined;
    const { current } = document ?? {};
    if (isUnderWay(current) && current.haltedAtMs === undefined) {
      const told = view.document(journalKeys.failover(app)) as { phase?: string } | undefined;
      if (told?.phase === 'moving') return undefined;
      return `the rollout of ${app} ${current.tag} is ${current.state}, and nobody was told`;
    }
    return forgottenImage(view, app);
  },
};

function forgottenImage(view: WorldView, app: string): string | undefined {
  if (!view.canAct(view.application(app).home)) return undefined;
  for (const { key, body } of view.documents()) {
    if (!key.sort.startsWith('image#') || key.partition !== journalKeys.appPartition(app)) continue;
    const { tag, replicatedAtMs, reportedAtMs, refused, failures } = body as ReplicatedImage;
    const isDone = replicatedAtMs !== undefined || refused !== undefined || failures === 0;
    if (isDone || reportedAtMs !== undefined) continue;
    // A tag that names another image by now took the old one out of what is wanted.
    const digest = key.sort.slice('image#'.length);
    if (tag === undefined || view.tagged(app, view.application(app).home, tag) !== digest) continue;
    return `${app} ${tag} is not copied everywhere, and nobody was told`;
  }
  return undefined;
}
