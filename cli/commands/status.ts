import { Command } from 'commander';
import type { Application } from '../../core/contract/fleet.ts';
import { digestOf } from '../../core/image-uri.ts';
import type { Rollout, RolloutDocument } from '../../core/rollout/rollout-state.ts';
import { readServing } from '../../core/serving.ts';
import { journalKeys } from '../../core/contract/journal.ts';
import { messageOf } from '../../core/errors.ts';
import { type Output, table } from '../output.ts';
import { addTargetOptions, openTarget, type Target, type TargetOptions } from '../target.ts';

interface ServiceLine {
  readonly region: string;
  readonly service: string;
  readonly desired?: number;
  readonly running?: number;
  readonly digest?: string;
  /** Why the region could not be read. */
  readonly unreachable?: string;
}

interface ApplicationStatus {
  readonly app: string;
  readonly active: string;
  readonly epoch: number;
  readonly phase: string;
  readonly rollout?: Rollout;
  readonly services: readonly ServiceLine[];
}

/** `farshore status`: what serves where, and on which image. */
export function statusCommand(output: Output): Command {
  return addTargetOptions(
    new Command('status').description('What serves where, and on which image.'),
  ).action(async (options: TargetOptions) => {
    const target = await openTarget(options, output);
    const applications = await Promise.all(
      Object.entries(target.fleet.applications).map(([app, application]) =>
        readStatus(target, app, application),
      ),
    );
    output.data({ applications }, applications.map(describe).join('\n\n'));
  });
}

async function readStatus(
  target: Target,
  app: string,
  application: Application,
): Promise<ApplicationStatus> {
  const { journal } = target.ports;
  const serving = await readServing(journal, app, application);
  const document = await journal.read<RolloutDocument>(journalKeys.rollout(app));
  const rollout = document?.body.current;
  const services = await Promise.all(
    application.regions.flatMap((region) =>
      Object.entries(application.services).map(([service, ref]) =>
        readService(target, { region, ...ref }, service),
      ),
    ),
  );
  return {
    app,
    active: serving.body.active,
    epoch: serving.body.epoch,
    phase: serving.body.phase,
    ...(rollout === undefined ? {} : { rollout }),
    services,
  };
}

async function readService(
  target: Target,
  ref: { region: string; cluster: string; service: string; container: string },
  service: string,
): Promise<ServiceLine> {
  const { region } = ref;
  try {
    const state = await target.ports.services.describe(ref);
    if (state === undefined) return { region, service, unreachable: 'no such service' };
    const digest = digestOf(state.image) ?? state.image;
    return { region, service, desired: state.desired, running: state.running, digest };
  } catch (error) {
    return { region, service, unreachable: messageOf(error) };
  }
}

function describe(status: ApplicationStatus): string {
  const head = `${status.app}: ${status.active} serves (epoch ${status.epoch}, ${status.phase})`;
  const rollout =
    status.rollout === undefined
      ? ''
      : `, rollout of ${status.rollout.tag} ${status.rollout.state}`;
  const rows = status.services.map((line) => [
    `  ${line.region}`,
    line.service,
    line.unreachable ?? `${line.running ?? 0}/${line.desired ?? 0} tasks`,
    line.digest?.slice(0, 19) ?? '',
  ]);
  return `${head}${rollout}\n${table(rows)}`;
}
