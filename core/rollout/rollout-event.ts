import * as z from 'zod/mini';
import type { Application, Fleet } from '../contract/fleet.ts';
import type { DeploymentChanged } from '../events/deployment-event.ts';
import { parseWith } from '../events/event-envelope.ts';
import { parseEvent } from '../events/parse-event.ts';

/** An application whose rollout is looked at, and why. */
export interface RolloutEvent {
  readonly app: string;
  readonly application: Application;
  /** Only a `recheck` keeps itself going; anything else would multiply the messages. */
  readonly cause: 'image' | 'deployment' | 'recheck' | 'sweep' | 'operator';
  readonly request?: RolloutRequest & { readonly id: string; readonly actor: string };
}

/** What an operator may ask of a rollout. */
type RolloutRequest =
  | { readonly kind: 'start'; readonly digest?: string; readonly tag?: string }
  | { readonly kind: 'roll-back' };

/** The command line names each request; one without an id takes that of its event. */
const id = z.optional(z.string().check(z.minLength(1)));

const requestSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('start'),
    id,
    digest: z.optional(z.string().check(z.regex(/^sha256:[0-9a-f]{64}$/))),
    tag: z.optional(z.string().check(z.minLength(1))),
  }),
  z.strictObject({ kind: z.literal('roll-back'), id }),
]);

/** The applications that a queue message is about; none when it is not ours. */
export function parseRolloutEvents(fleet: Fleet, raw: unknown): readonly RolloutEvent[] {
  const event = parseEvent(raw);
  const named = (app: string, cause: RolloutEvent['cause']): readonly RolloutEvent[] => {
    const application = fleet.applications[app];
    return application === undefined ? [] : [{ app, application, cause }];
  };
  if (event?.kind === 'wake') {
    return named(event.app, event.cause === 'recheck' ? 'recheck' : 'sweep');
  }
  if (event?.kind === 'image-replicated') return named(event.app, 'image');
  if (event?.kind === 'deployment-changed') {
    return deployedIn(fleet, event).flatMap((app) => named(app, 'deployment'));
  }
  if (event?.kind !== 'operator-requested' || event.loop !== 'rollout') return [];
  const { actor } = event;
  const request = { id: event.id, ...parseRequest(event.request), actor };
  return named(event.app, 'operator').map((of) => ({ ...of, request }));
}

function deployedIn(fleet: Fleet, changed: DeploymentChanged): readonly string[] {
  return Object.entries(fleet.applications)
    .filter(
      ([, { services, regions }]) =>
        regions.includes(changed.region) &&
        Object.values(services).some(
          ({ cluster, service }) => cluster === changed.cluster && service === changed.service,
        ),
    )
    .map(([app]) => app);
}

function parseRequest(raw: unknown): RolloutRequest & { readonly id?: string } {
  const parsed = parseWith('The rollout request of an operator', requestSchema, raw);
  const named = parsed.id === undefined ? {} : { id: parsed.id };
  if (parsed.kind === 'roll-back') return { kind: parsed.kind, ...named };
  const { kind, digest, tag } = parsed;
  return {
    kind,
    ...named,
    ...(digest === undefined ? {} : { digest }),
    ...(tag === undefined ? {} : { tag }),
  };
}
