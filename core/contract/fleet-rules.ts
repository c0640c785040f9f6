import { checkApplication } from './application-rules.ts';
import type { Fleet } from './fleet.ts';
import type { FleetProblem } from './fleet-problem.ts';
import { checkJournalRegions } from './journal-regions.ts';

export { journalRegions } from './journal-regions.ts';

/** Rules of a fleet file that span several fields; empty when all hold. */
export function checkFleet(fleet: Fleet): FleetProblem[] {
  const applications = Object.entries(fleet.applications).flatMap(([app, application]) =>
    checkApplication(fleet, app, application).map((problem) => ({
      ...problem,
      path: ['applications', app, ...problem.path],
    })),
  );
  return [...checkSweep(fleet), ...checkJournalRegions(fleet), ...applications];
}

function checkSweep({ sweepEvery }: Fleet): FleetProblem[] {
  const minuteMs = 60_000;
  if (sweepEvery >= minuteMs && sweepEvery % minuteMs === 0) return [];
  return [
    {
      path: ['sweepEvery'],
      message: 'a schedule has a precision of one minute',
      remedy: 'write whole minutes, such as 1m or 5m',
    },
  ];
}
