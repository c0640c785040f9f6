import * as z from 'zod/mini';
import type { Application, Fleet } from '../contract/fleet.ts';
import { chooseEngine, type EngineChoice } from '../contract/replication-engine.ts';
import { repositoryIn } from '../contract/repository-in.ts';
import { parseWith } from '../events/event-envelope.ts';
import { parseEvent } from '../events/parse-event.ts';
import { imageOfSubject, type NamedImage } from './image-subject.ts';

/** Where to look: at all images that the policy selects, or at one that was pushed. */
export interface ReplicationEvent {
  readonly app: string;
  readonly application: Application;
  readonly engine: EngineChoice['engine'];
  readonly image?: NamedImage;
  /** When it was pushed, where the event says so. */
  readonly pushedAtMs?: number;
  /** Applications whose images come to this one's home under the same repository name. */
  readonly siblings?: readonly { readonly app: string; readonly home: string }[];
  /** A person asked: images that were given up count again, and only these tags if any. */
  readonly backfill?: { readonly tags: readonly string[] };
}

/** What an operator may ask of the replication loop. */
const requestSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('backfill'),
    id: z.optional(z.string()),
    tags: z._default(z.array(z.string().check(z.minLength(1))), []),
  }),
  // That one is for the loop that deletes.
  z.strictObject({ kind: z.literal('prune'), id: z.string() }),
]);

/**
 * The images that a queue message leads to; none when it is not ours. Only the home region
 * copies, so a copy's own push event in a target starts nothing there.
 */
export function parseReplicationEvents(
  fleet: Fleet,
  region: string,
  raw: unknown,
): readonly ReplicationEvent[] {
  const event = parseEvent(raw);
  const homed = Object.entries(fleet.applications)
    .filter(([, application]) => application.home === region)
    .map(([app, application]) => ({
      app,
      application,
      engine: chooseEngine(fleet, app).engine,
      siblings: siblingsOf(fleet, app),
    }));
  if (event?.kind === 'wake') {
    const image = event.subject === undefined ? undefined : imageOfSubject(event.subject);
    return homed
      .filter(({ app }) => app === event.app)
      .map((of) => ({ ...of, ...(image === undefined ? {} : { image }) }));
  }
  if (event?.kind === 'operator-requested' && event.loop === 'replication') {
    const what = 'The replication request of an operator';
    const request = parseWith(what, requestSchema, event.request);
    if (request.kind === 'prune') return [];
    const { tags } = request;
    return homed
      .filter(({ app }) => app === event.app)
      .map((of) => ({ ...of, backfill: { tags } }));
  }
  if (event?.kind !== 'image-pushed' && event?.kind !== 'image-replicated-natively') return [];
  // ECR tells of an arrival where the image arrives; what is waited for was pushed here.
  const from = event.kind === 'image-pushed' ? event.region : event.sourceRegion;
  if (from !== region) return [];
  const { digest, tag } = event;
  const image = { digest, ...(tag === undefined ? {} : { tag }) };
  return homed
    .filter(({ application }) => application.image.repository === event.repository)
    .map((of) => ({ ...of, image, pushedAtMs: event.atMs }));
}

/** In a two-way fleet the same repository is pushed to in several homes. */
function siblingsOf(fleet: Fleet, app: string): readonly { app: string; home: string }[] {
  const own = fleet.applications[app];
  return Object.entries(fleet.applications).flatMap(([other, application]) => {
    if (own === undefined) return [];
    const { home, regions, image } = application;
    const isBrought =
      home !== own.home &&
      regions.includes(own.home) &&
      repositoryIn(application, own.home) === own.image.repository;
    // Under another name it is sent back to nobody's home.
    const isSentBack = repositoryIn(own, home) === image.repository;
    return isBrought && isSentBack ? [{ app: other, home }] : [];
  });
}
