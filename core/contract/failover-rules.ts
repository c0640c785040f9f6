import type { Application, Fleet } from './fleet.ts';
import type { FleetProblem } from './fleet-problem.ts';

/** Rules of an application's failover; paths are relative to the application. */
export function checkFailover(fleet: Fleet, app: string, application: Application): FleetProblem[] {
  const { failover, mode, regions, traffic } = application;
  if (failover === undefined) return [];
  const path = ['failover'];
  if (mode === 'active-active') {
    const message = 'in active-active, Route 53 takes a failed region out by itself';
    return [{ path, message, remedy: 'remove failover, or make the application active-passive' }];
  }
  const problems: FleetProblem[] = [];
  if (traffic === undefined) {
    const message = `${app} has failover but no traffic to move`;
    problems.push({ path, message, remedy: 'add traffic with the record and its endpoints' });
  }
  if (regions.length !== 2) {
    const message = `failover is between an active region and its standby, not ${regions.length}`;
    const remedy = 'name exactly two, the active first';
    problems.push({ path: ['regions'], message, remedy });
  }
  const observers = Object.keys(fleet.regions).filter((region) => !regions.includes(region));
  if (failover.automatic && observers.length === 0) {
    problems.push({
      path: ['failover', 'automatic'],
      message: 'two regions alone cannot tell which of them is cut off',
      remedy: 'add a region with the role observer under regions, or write automatic: false',
    });
  }
  return problems;
}
