import type { Fleet } from './fleet.ts';
import type { FleetProblem } from './fleet-problem.ts';

/**
 * Regions between which DynamoDB offers strong consistency across regions; a global table lies
 * within one set, in exactly three of its regions, of which one may be a mere witness.
 */
const consistencySets: Readonly<Record<string, readonly string[]>> = {
  US: ['us-east-1', 'us-east-2', 'us-west-2'],
  EU: ['eu-west-1', 'eu-west-2', 'eu-west-3', 'eu-central-1'],
  AP: ['ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3'],
};

export interface JournalRegions {
  readonly replicas: readonly string[];
  readonly witness?: string;
}

/** Where the journal of a fleet lives; a fleet of one region keeps it there alone. */
export function journalRegions(fleet: Fleet): JournalRegions {
  const { regions, witness } = fleet.coordination;
  const replicas = regions ?? Object.keys(fleet.regions);
  return { replicas, ...(witness === undefined ? {} : { witness }) };
}

/** Whether the journal has exactly three places within one set of strong consistency. */
export function checkJournalRegions(fleet: Fleet): FleetProblem[] {
  if (!needsCoordination(fleet)) return [];
  const { replicas, witness } = journalRegions(fleet);
  const places = [...replicas, ...(witness === undefined ? [] : [witness])];
  const isChosen = fleet.coordination.regions !== undefined;
  const path = isChosen ? ['coordination', 'regions'] : ['coordination'];
  const problems = checkCount(replicas, witness, isChosen).map((found) => ({ path, ...found }));
  if (problems.length > 0) return problems;

  if (new Set(places).size < places.length) {
    const message = `the journal names a region twice: ${places.join(', ')}`;
    return [{ path, message, remedy: 'name three different regions' }];
  }
  const isOneSet = Object.values(consistencySets).some((set) =>
    places.every((place) => set.includes(place)),
  );
  if (isOneSet) return [];
  const sets = Object.entries(consistencySets)
    .map(([name, set]) => `${name}: ${set.join(', ')}`)
    .join('; ');
  return [
    {
      path,
      message: `the journal cannot lie in ${places.join(', ')}: strong consistency ends at a set`,
      remedy: `name three regions of one set under coordination.regions (${sets})`,
    },
  ];
}

function checkCount(
  replicas: readonly string[],
  witness: string | undefined,
  isChosen: boolean,
): Omit<FleetProblem, 'path'>[] {
  const count = replicas.length;
  if (witness === undefined ? count === 3 : count === 2) return [];
  if (witness !== undefined) {
    const message = `a witness joins two regions, but the journal has ${count}`;
    return [{ message, remedy: 'remove coordination.witness' }];
  }
  if (count === 2) {
    const message = `the journal needs a third place beside ${replicas.join(' and ')}`;
    const remedy = 'name a third region of the same set as coordination.witness';
    return [{ message, remedy }];
  }
  if (count === 1) {
    const message = 'an application with failover needs a journal that survives its region';
    return [{ message, remedy: 'add two regions under regions' }];
  }
  const message = `the journal lies in exactly three regions, and the fleet has ${count}`;
  return isChosen ? [] : [{ message, remedy: 'name the three as coordination.regions' }];
}

/** One region alone, without failover, needs nobody to agree with. */
function needsCoordination(fleet: Fleet): boolean {
  const applications = Object.values(fleet.applications);
  return (
    Object.keys(fleet.regions).length > 1 ||
    applications.some(({ failover }) => failover !== undefined)
  );
}
