import type { CreateScheduleCommandInput } from '@aws-sdk/client-scheduler';
import { ServiceError } from '../../service-model.ts';
import type { Hub, Service } from '../../service-model.ts';
import type { World } from '../../world.ts';
import { fireSchedule } from './fire-schedule.ts';
import { checkSchedule } from './schedule.ts';
import type { Schedule } from './schedule.ts';
import { createSchedule, deleteSchedule, getSchedule } from './schedule-operations.ts';
import { listScheduleGroups, listSchedules, updateSchedule } from './schedule-operations.ts';

/** EventBridge Scheduler: schedules that fire in world time, in the default group. */
export class SchedulerModel {
  readonly world: World;
  readonly hub: Hub;
  readonly accountId: string;
  readonly service: Service;
  readonly #regions = new Map<string, Map<string, Schedule>>();

  constructor(world: World, hub: Hub, options: { readonly accountId: string }) {
    this.world = world;
    this.hub = hub;
    this.accountId = options.accountId;
    this.service = {
      id: 'scheduler',
      iamPrefix: 'scheduler',
      operations: {
        CreateSchedule: createSchedule(this),
        GetSchedule: getSchedule(this),
        ListSchedules: listSchedules(this),
        UpdateSchedule: updateSchedule(this),
        DeleteSchedule: deleteSchedule(this),
        ListScheduleGroups: listScheduleGroups(this),
      },
    };
  }

  schedules(region: string): Map<string, Schedule> {
    const known = this.#regions.get(region) ?? new Map<string, Schedule>();
    this.#regions.set(region, known);
    return known;
  }

  /** @throws ServiceError ResourceNotFoundException */
  schedule(region: string, name: string | undefined): Schedule {
    const schedule = this.schedules(region).get(name ?? '');
    if (schedule !== undefined) return schedule;
    throw new ServiceError('ResourceNotFoundException', `Schedule ${name ?? ''} does not exist.`, {
      httpStatus: 404,
    });
  }

  /** Stores a schedule in place of an older one of its name and plans when it fires. */
  put(region: string, input: CreateScheduleCommandInput): Schedule {
    const { expression, target } = checkSchedule(input);
    const name = input.Name ?? '';
    const known = this.schedules(region).get(name);
    known?.cancel();
    const nowMs = this.world.nowMs();
    const schedule: Schedule = {
      name,
      arn: this.arn(region, name),
      region,
      input,
      expression,
      target,
      createdMs: known?.createdMs ?? nowMs,
      modifiedMs: nowMs,
      cancel: () => undefined,
    };
    this.schedules(region).set(name, schedule);
    if ((input.State ?? 'ENABLED') === 'ENABLED') this.#plan(schedule);
    return schedule;
  }

  remove(schedule: Schedule): void {
    schedule.cancel();
    this.schedules(schedule.region).delete(schedule.name);
  }

  arn(region: string, name: string | undefined): string {
    return `arn:aws:scheduler:${region}:${this.accountId}:schedule/default/${name ?? ''}`;
  }

  #plan(schedule: Schedule): void {
    const { expression, input } = schedule;
    const nowMs = this.world.nowMs();
    if (expression.kind === 'rate') {
      // Without a start date AWS fires at once and counts from there.
      const startMs = input.StartDate?.getTime() ?? nowMs;
      const missed = Math.max(0, Math.ceil((nowMs - startMs) / expression.intervalMs));
      this.#planAt(schedule, startMs + missed * expression.intervalMs);
    } else if (expression.atMs >= nowMs) {
      this.#planAt(schedule, expression.atMs);
    }
  }

  #planAt(schedule: Schedule, atMs: number): void {
    const { expression, input } = schedule;
    if (
      input.EndDate !== undefined &&
      expression.kind === 'rate' &&
      atMs > input.EndDate.getTime()
    ) {
      this.#complete(schedule);
      return;
    }
    const name = `schedule ${schedule.name} in ${schedule.region}`;
    schedule.cancel = this.world.after(atMs - this.world.nowMs(), name, () => {
      fireSchedule(this, schedule, atMs);
      if (expression.kind === 'rate') this.#planAt(schedule, atMs + expression.intervalMs);
      else this.#complete(schedule);
    });
  }

  #complete(schedule: Schedule): void {
    if (schedule.input.ActionAfterCompletion === 'DELETE') this.remove(schedule);
  }
}
