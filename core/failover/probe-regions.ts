import type { Application, Fleet } from '../contract/fleet.ts';
import { journalKeys } from '../contract/journal.ts';
import { verdictRecord } from '../contract/names.ts';
import { messageOf } from '../errors.ts';
import type { AlarmStates, ControlPorts, Ports, ProbeResult } from '../ports.ts';
import { type Evidence, nextProbeSight, type RegionSight, type Verdict } from './evidence.ts';
import { type FailoverState, readFailover } from './failover-state.ts';

/** Rounds come each 10 s; what follows sooner is a doubled message and counts nothing, in ms. */
const ROUND_MS_MIN = 4_000;

/** What a round looks through. */
export type ProbePorts = ControlPorts & Pick<Ports, 'probes'> & { readonly alarms: AlarmStates };

/**
 * One round of looks at every region of every application that can fail over, written down as
 * this region's evidence. Returns the applications whose failover loop should look now.
 */
export async function probeRegions(fleet: Fleet, ports: ProbePorts): Promise<readonly string[]> {
  const look = lookOnce(ports);
  const found = await Promise.all(
    Object.entries(fleet.applications).map(async ([app, application]) => {
      return (await probeApplication(ports, { app, application, look })) ? [app] : [];
    }),
  );
  return found.flat();
}

type Look = (url: string) => Promise<ProbeResult>;

/** Applications share control targets and perhaps endpoints; each URL is asked once a round. */
function lookOnce(ports: ProbePorts): Look {
  const looks = new Map<string, Promise<ProbeResult>>();
  return (url) => {
    const known = looks.get(url);
    if (known !== undefined) return known;
    const asked = ports.probes.http(url);
    looks.set(url, asked);
    return asked;
  };
}

interface Subject {
  readonly app: string;
  readonly application: Application;
  readonly look: Look;
}

async function probeApplication(
  ports: ProbePorts,
  { app, application, look }: Subject,
): Promise<boolean> {
  const { traffic, failover } = application;
  if (traffic === undefined || failover === undefined) return false;
  const key = journalKeys.evidence(app, ports.region);
  const [previous, { state }, controls, slo, looks] = await Promise.all([
    ports.journal.read<Evidence>(key),
    readFailover(ports.journal, app, application),
    Promise.all(failover.control.map(look)),
    sloVerdict(ports, failover.sloAlarm),
    Promise.all(
      application.regions.map(async (region): Promise<RegionLook> => ({
        region,
        probe: await look(probeUrl(traffic, region)),
        route53: await route53Verdict(ports, verdictRecord(region, traffic.record)),
      })),
    ),
  ]);
  const atMs = ports.clock.nowMs();
  const before = previous?.body;
  const isBlind = !controls.some(({ ok }) => ok);
  const evidence: Evidence = {
    observer: ports.region,
    atMs,
    isBlind,
    blindRounds: isBlind ? (before?.blindRounds ?? 0) + 1 : 0,
    regions: sightsOf(looks, { before, atMs, failuresMax: traffic.check.failures }),
    slo,
  };
  if (before === undefined || atMs - before.atMs >= ROUND_MS_MIN) {
    // Whoever came first in this round saw the same; nothing is lost when this write is refused.
    await ports.journal.write(key, evidence, previous?.version);
  }
  return isBlind || wantsLook(state) || looksBad(evidence, state.active);
}

interface RegionLook {
  readonly region: string;
  readonly probe: ProbeResult;
  readonly route53: Verdict;
}

function sightsOf(
  looks: readonly RegionLook[],
  round: { before: Evidence | undefined; atMs: number; failuresMax: number },
): Readonly<Record<string, RegionSight>> {
  const { before, atMs, failuresMax } = round;
  return Object.fromEntries(
    looks.map(({ region, probe, route53 }) => {
      const look = { isOk: probe.ok, text: probe.text, atMs };
      return [
        region,
        { probe: nextProbeSight(before?.regions[region]?.probe, look, failuresMax), route53 },
      ];
    }),
  );
}

/** A move or a grace under way is looked at in each round. */
function wantsLook({ phase, quorumSinceMs, refused }: FailoverState): boolean {
  return phase === 'moving' || quorumSinceMs !== undefined || refused !== undefined;
}

function looksBad({ regions, slo }: Evidence, active: string): boolean {
  const sight = regions[active];
  return sight?.probe.isOk === false || sight?.route53 === 'down' || slo === 'down';
}

/** The address that this region's endpoint is asked at, by us as by Route 53. */
export function probeUrl(
  { endpoints, check }: NonNullable<Application['traffic']>,
  region: string,
): string {
  const host = endpoints[region]?.host ?? `no-endpoint.${region}.invalid`;
  return `${check.protocol}://${host}:${check.port}${check.path}`;
}

async function route53Verdict(ports: ProbePorts, name: string): Promise<Verdict> {
  const texts = await ports.probes.txt(name);
  const words = (texts ?? []).map((text) => text.replaceAll('"', '').trim());
  if (words.includes('down')) return 'down';
  return words.includes('up') ? 'up' : 'unknown';
}

/** An alarm that cannot be read is unknown, which is no vote. */
async function sloVerdict(ports: ProbePorts, name: string | undefined): Promise<Verdict> {
  if (name === undefined) return 'unknown';
  try {
    const state = await ports.alarms.state(ports.region, name);
    if (state === 'ALARM') return 'down';
    return state === 'OK' ? 'up' : 'unknown';
  } catch (error) {
    ports.logger.warn('The alarm on what users feel could not be read; it has no vote.', {
      alarm: name,
      cause: messageOf(error),
    });
    return 'unknown';
  }
}
