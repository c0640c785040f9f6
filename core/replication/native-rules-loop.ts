import type { Fleet } from '../contract/fleet.ts';
import { journalKeys } from '../contract/journal.ts';
import { mayUseRules } from '../contract/replication-engine.ts';
import type { ControlLoop } from '../control-loop.ts';
import type { Outcome } from '../decision.ts';
import { parseEvent } from '../events/parse-event.ts';
import type { NativeRule } from '../native-replication.ts';
import type { ControlPorts, Ports } from '../ports.ts';
import {
  decideNativeRules,
  ENGINE,
  type RulesChange,
  type RulesDecision,
  type RulesEvent,
  type RulesObserved,
} from './decide-native-rules.ts';
import { describeNativeRules } from './describe-native-rules.ts';
import { isSameRule } from './native-rules.ts';

export type NativeRulesLoop = ControlLoop<RulesEvent, RulesObserved, RulesDecision>;

/** What keeping the rules of ECR's own replication needs. */
export type NativeRulesPorts = ControlPorts & Pick<Ports, 'nativeReplication' | 'accountId'>;

/** What the journal remembers of the rules in a region, at `journalKeys.nativeRules(region)`. */
interface WrittenRules {
  readonly rules: readonly NativeRule[];
}

/** Keeps rules of ECR's own replication as the fleet file wants them, beside those of others. */
export function nativeRulesLoop(fleet: Fleet, ports: NativeRulesPorts): NativeRulesLoop {
  return {
    name: 'replication',
    silentMsMax: 30_000,
    parse: (raw) => parseRulesEvents(fleet, ports.region, raw),
    observe: (event) => observeRules(fleet, ports, event),
    decide: (event, observed) => decideNativeRules(fleet, event, observed),
    act: (decision, observed) => writeRules(ports, decision, observed),
    describe: describeNativeRules,
  };
}

/** Each sweep looks at every application in its home, whose registry holds the rules. */
function parseRulesEvents(fleet: Fleet, region: string, raw: unknown): readonly RulesEvent[] {
  const event = parseEvent(raw);
  if (event?.kind !== 'wake' || (event.subject ?? ENGINE) !== ENGINE) return [];
  const isHome = fleet.applications[event.app]?.home === region;
  return isHome ? [{ app: event.app, region }] : [];
}

/** Where all applications are only copied there is no permission to look, and no reason. */
async function observeRules(
  fleet: Fleet,
  ports: NativeRulesPorts,
  { region }: RulesEvent,
): Promise<RulesObserved> {
  const { journal, accountId, nativeReplication } = ports;
  const written = await journal.list<WrittenRules>(journalKeys.nativeRulesPartition);
  const here = written.find(({ sort }) => sort === region);
  const current = mayUseRules(fleet, region) ? await nativeReplication.rules(region) : undefined;
  const withRules = written.filter(({ body }) => body.rules.length > 0).map(({ sort }) => sort);
  return {
    accountId,
    current,
    ours: here?.body.rules ?? [],
    version: here?.version,
    left: withRules.filter((each) => !mayUseRules(fleet, each)),
  };
}

/**
 * The journal is told before ECR, so that a rule of ours is known as ours even if this run dies in
 * between. ECR has no version to write against: what somebody else writes in this very moment is
 * lost, which is why nothing is written while nothing differs.
 */
async function writeRules(
  ports: NativeRulesPorts,
  decision: RulesDecision,
  { ours, version }: RulesObserved,
): Promise<Outcome> {
  if (decision.action === 'none') return { status: 'done', text: decision.reason.text };
  const { region, rules } = decision;
  const key = journalKeys.nativeRules(region);
  const either = [...ours, ...decision.ours.filter((rule) => !holds(ours, rule))];
  if (!(await ports.journal.write(key, { rules: either }, version))) {
    return { status: 'superseded', text: `Another run writes the rules in ${region}.` };
  }
  await ports.nativeReplication.replaceRules(region, rules);
  await ports.journal.write(key, { rules: decision.ours }, (version ?? 0) + 1);
  return { status: 'done', text: written(decision) };
}

function written({ region, rules, ours }: RulesChange): string {
  const others = rules.length - ours.length;
  const count = `${ours.length} rule(s) of Farshore and ${others} of others`;
  return `The registry in ${region} has ${count}.`;
}

function holds(rules: readonly NativeRule[], rule: NativeRule): boolean {
  return rules.some((each) => isSameRule(each, rule));
}
