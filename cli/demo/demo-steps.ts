import { journalKeys } from '../../core/contract/journal.ts';
import { repositoryIn } from '../../core/contract/repository-in.ts';
import { digestOf } from '../../core/image-uri.ts';
import type { ServiceState } from '../../core/ports.ts';
import type { RolloutDocument } from '../../core/rollout/rollout-state.ts';
import { readServing } from '../../core/serving.ts';
import { sendRequest } from '../operator-request.ts';
import { planMove } from '../plan-move.ts';
import { pushImage, sampleImage } from '../../sandbox/sample-image.ts';
import { addressOf, callsTo, inbox, records, resolve, type Scene, visit } from './demo-scene.ts';

const MINUTE_MS = 60_000;
const REPLICATED_WITHIN_MS = 10 * MINUTE_MS;
const ROLLED_OUT_WITHIN_MS = 30 * MINUTE_MS;
const SCALED_WITHIN_MS = 15 * MINUTE_MS;
const FLIPPED_WITHIN_MS = 10 * MINUTE_MS;
const TAG = '1.0.0';

/** Pushes a two-platform image; returns the digest of its index. */
export async function push(scene: Scene): Promise<string> {
  const { cloud, application, timeline } = scene;
  const registry = cloud.status().regions[application.home]?.registry ?? '';
  const image = sampleImage({ version: TAG });
  const digest = await pushImage({
    registry: `http://${registry}`,
    credentials: 'AWS:any',
    repository: application.image.repository,
    tag: TAG,
    image,
  });
  timeline.tell(`pushed ${application.image.repository}:${TAG} to ${registry}`);
  timeline.tell(`index ${digest}, two platforms`);
  return digest;
}

export async function checkReplication(scene: Scene, digest: string): Promise<void> {
  const { target, application, timeline } = scene;
  const { repository } = application.image;
  const home = await target.ports.images.in(application.home).manifest(repository, digest);
  for (const region of application.regions.filter((name) => name !== application.home)) {
    const registry = target.ports.images.in(region);
    const name = repositoryIn(application, region);
    const copy = await timeline.until(`${digest} in ${region}`, REPLICATED_WITHIN_MS, () =>
      registry.manifest(name, TAG),
    );
    timeline.check(copy.body === home?.body, `${region} holds the index byte for byte`);
    const index = JSON.parse(copy.body) as { readonly manifests: readonly { digest: string }[] };
    for (const child of index.manifests) {
      const [one, other] = await Promise.all([
        target.ports.images.in(application.home).manifest(repository, child.digest),
        registry.manifest(name, child.digest),
      ]);
      timeline.check(one?.body === other?.body, `${region} holds ${child.digest.slice(0, 19)}`);
    }
  }
}

export async function checkRollout(scene: Scene, digest: string): Promise<void> {
  const { timeline, active, standby, target, app } = scene;
  await timeline.until('the rollout to succeed', ROLLED_OUT_WITHIN_MS, async () => {
    const found = await target.ports.journal.read<RolloutDocument>(journalKeys.rollout(app));
    return found?.body.current?.state === 'SUCCEEDED' ? found : undefined;
  });
  for (const region of [standby, active]) {
    const state = await service(scene, region);
    timeline.check(digestOf(state.image) === digest, `${region} pins the digest`);
    const page = await visit(scene, region);
    timeline.check(page.digest === digest, `${region} answers from it (${page.task})`);
  }
  const order = (await records(scene))
    .filter(({ loop, decision }) => loop === 'rollout' && decision.action === 'deploy')
    .map(({ decision }) => (decision as { readonly region?: string }).region);
  timeline.check(order[0] === standby && order.includes(active), `${standby} came first`);
}

export async function checkScaling(scene: Scene): Promise<void> {
  const { cloud, timeline, active, app } = scene;
  const before = await service(scene, active);
  cloud.setLoad({ app, region: active, cpu: 90 });
  timeline.tell(`CPU of every task in ${active} goes to 90 %`);
  const after = await timeline.until('more tasks', SCALED_WITHIN_MS, async () => {
    const now = await service(scene, active);
    return now.desired > before.desired && now.running === now.desired ? now : undefined;
  });
  cloud.setLoad({ app, region: active });
  timeline.check(after.desired > before.desired, `${before.desired} -> ${after.desired} tasks`);
}

export async function checkFailover(scene: Scene): Promise<void> {
  const { cloud, timeline, active, standby } = scene;
  const [before] = await resolve(scene);
  timeline.check(before === addressOf(scene, active), `DNS answers ${active} (${before ?? ''})`);
  const lastBefore = cloud.calls({}).at(-1)?.requestId ?? '';
  cloud.addFault({ kind: 'region-down', region: active });
  timeline.tell(`${active} is cut off`);
  const standbyAddress = addressOf(scene, standby);
  const after = await timeline.until('DNS to answer the standby', FLIPPED_WITHIN_MS, async () => {
    const [address] = await resolve(scene);
    return address === standbyAddress ? address : undefined;
  });
  timeline.check(true, `DNS answers ${standby} (${after})`);
  const notice = await timeline.until('the notice', FLIPPED_WITHIN_MS, () =>
    Promise.resolve(inbox(scene, 'failover-done')[0]),
  );
  timeline.tell(`SNS: ${notice.subject ?? ''}`);
  timeline.check((await visit(scene, standby)).region === standby, `${standby} serves users`);
  const reached = callsTo(scene, active, lastBefore).map(
    (call) => `${call.service}:${call.operation}`,
  );
  timeline.check(reached.length === 0, `no call reached ${active} after the cut${list(reached)}`);
}

export async function checkFailback(scene: Scene): Promise<void> {
  const { cloud, target, timeline, active, standby, app, application } = scene;
  cloud.clearFaults();
  timeline.tell(`${active} is back; traffic stays in ${standby} until a person decides`);
  timeline.check(
    (await readServing(target.ports.journal, app, application)).body.active === standby,
    `${standby} still serves`,
  );
  await timeline.until('every gate of a failback to be open', FLIPPED_WITHIN_MS, async () => {
    const plan = await planMove(target, app, active);
    return plan.isOpen ? plan : undefined;
  });
  const request = { kind: 'back', reason: 'The region is healthy again' };
  await sendRequest(target, { loop: 'failover', app, region: active, request });
  await timeline.until('traffic to come back', FLIPPED_WITHIN_MS, async () => {
    const serving = await readServing(target.ports.journal, app, application);
    const { active: serves, phase } = serving.body;
    return serves === active && phase === 'steady' ? serving : undefined;
  });
  const address = await timeline.until('DNS to answer', FLIPPED_WITHIN_MS, async () => {
    const [found] = await resolve(scene);
    return found === addressOf(scene, active) ? found : undefined;
  });
  timeline.check(true, `DNS answers ${active} again (${address})`);
  const flips = inbox(scene, 'failover-done').length;
  timeline.check(flips === 1, 'the inbox holds one notice for the flip');
}

const list = (found: readonly string[]) => (found.length === 0 ? '' : `: ${found.join()}`);

async function service(scene: Scene, region: string): Promise<ServiceState> {
  const [ref] = Object.values(scene.application.services);
  if (ref === undefined) throw new Error(`${scene.app} has no service`);
  const state = await scene.target.ports.services.describe({ region, ...ref });
  if (state === undefined) throw new Error(`${ref.service} is missing in ${region}`);
  return state;
}
