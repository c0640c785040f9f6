import type { Application, Fleet } from '../contract/fleet.ts';
import { names } from '../contract/names.ts';
import type { FarshoreEvent } from '../events/parse-event.ts';
import type { FailoverEvent } from './observed-failover.ts';
import { parseFailoverRequest } from './operator-request.ts';

/** The applications that an event is about, of those that can fail over. */
export function affectedApps(
  fleet: Fleet,
  event: FarshoreEvent | undefined,
): readonly FailoverEvent[] {
  if (event?.kind === 'wake') {
    const { app, cause } = event;
    return canFailOver(fleet.applications[app]) ? [{ app, cause }] : [];
  }
  if (event?.kind === 'operator-requested') {
    const { app, actor, loop } = event;
    if (loop !== 'failover' || !canFailOver(fleet.applications[app])) return [];
    const request = parseFailoverRequest(event.request, { id: event.id, actor });
    return [{ app, cause: 'operator', request }];
  }
  if (event?.kind !== 'alarm-changed') return [];
  return Object.entries(fleet.applications)
    .filter(([app, application]) => watches(fleet, app, application, event.alarmName))
    .map(([app]) => ({ app, cause: 'alarm' }));
}

function canFailOver(application: Application | undefined): boolean {
  return application?.failover !== undefined && application.traffic !== undefined;
}

function watches(fleet: Fleet, app: string, application: Application, alarm: string): boolean {
  if (!canFailOver(application)) return false;
  const endpoints = application.regions.map((region) =>
    names.endpointAlarm(fleet.name, app, region),
  );
  return endpoints.includes(alarm) || application.failover?.sloAlarm === alarm;
}
