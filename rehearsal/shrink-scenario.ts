import type { Scenario } from './scenario.ts';

/** Attempts that a shrink may take; each is one play. */
const ATTEMPTS_MAX = 60;

/**
 * The smallest part of a scenario that still breaks: steps are left out in ever smaller groups,
 * as delta debugging does, as long as what is left still does.
 */
export async function shrinkScenario(
  scenario: Scenario,
  isBroken: (candidate: Scenario) => Promise<boolean>,
): Promise<Scenario> {
  let smallest = scenario;
  let attempts = 0;
  for (let size = Math.ceil(scenario.steps.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < smallest.steps.length && attempts < ATTEMPTS_MAX;) {
      const steps = smallest.steps.filter((_, index) => index < from || index >= from + size);
      attempts += 1;
      const candidate = { ...smallest, steps };
      if (steps.length < smallest.steps.length && (await isBroken(candidate))) smallest = candidate;
      else from += size;
    }
  }
  return smallest;
}
