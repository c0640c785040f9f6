import type { Fleet } from '../contract/fleet.ts';
import { chooseEngine, nativeApplications, targetsOf } from '../contract/replication-engine.ts';
import type { Decision } from '../decision.ts';
import type { NativeRule } from '../native-replication.ts';
import { mergeNativeRules, type NativeWish } from './native-rules.ts';

/** The subject of every decision about which engine carries an application's images. */
export const ENGINE = 'engine';

/** One look at the rules of ECR's own replication, for one application. */
export interface RulesEvent {
  readonly app: string;
  /** Home region of the application, whose registry holds the rules. */
  readonly region: string;
}

export interface RulesObserved {
  readonly accountId: string;
  /** Every rule of the registry; undefined where Farshore has no business with it. */
  readonly current: readonly NativeRule[] | undefined;
  /** What the journal says Farshore wrote there. */
  readonly ours: readonly NativeRule[];
  readonly version: number | undefined;
  /** Regions where rules of Farshore stand that it may not change any more. */
  readonly left: readonly string[];
}

export type RulesDecision = NoRulesChange | RulesChange;

interface NoRulesChange extends Decision {
  readonly action: 'none';
  readonly region: string;
}

export interface RulesChange extends Decision {
  readonly action: 'write-rules';
  readonly region: string;
  readonly rules: readonly NativeRule[];
  /** What of it is Farshore's when it is written. */
  readonly ours: readonly NativeRule[];
}

/**
 * Decides what the replication rules of a home region should be, and says which engine carries the
 * application and why. The rules are those of all applications together, so whichever is looked at
 * first writes the same.
 */
export function decideNativeRules(
  fleet: Fleet,
  { app, region }: RulesEvent,
  { accountId, current = [], ours, left }: RulesObserved,
): RulesDecision {
  const { engine, reason } = chooseEngine(fleet, app);
  const of = { app, subject: ENGINE, region };
  const none = (code: string, text: string): NoRulesChange => {
    return { ...of, action: 'none', reason: { code, text } };
  };
  const merged = mergeNativeRules(current, ours, wishesOf(fleet, region, accountId));
  const { rules, isChanged, overflow } = merged;
  if (overflow !== undefined && engine === 'native') {
    const text = `The rules do not fit into ${region}: ${overflow}. Until then Farshore copies.`;
    return none('RULES_DO_NOT_FIT', text);
  }
  if (isChanged && overflow === undefined) {
    const text = `${reason.text} The rules in ${region} are not what the fleet file asks for.`;
    const change = { code: 'RULES_DIFFER', text };
    return { ...of, action: 'write-rules', reason: change, rules, ours: merged.ours };
  }
  // One application speaks for the whole fleet, so that people are told once.
  if (left.length > 0 && app === Object.keys(fleet.applications)[0]) {
    const text = `Rules of ECR that Farshore wrote earlier still stand in ${left.join(', ')}.`;
    return none('RULES_LEFT_BEHIND', text);
  }
  return none(reason.code, reason.text);
}

function wishesOf(fleet: Fleet, home: string, registryId: string): readonly NativeWish[] {
  return nativeApplications(fleet, home).map((application) => ({
    repository: application.image.repository,
    destinations: targetsOf(application).map((region) => ({ region, registryId })),
  }));
}
