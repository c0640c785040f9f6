import type { Fleet } from '../core/contract/fleet.ts';
import { repositoryIn } from '../core/contract/repository-in.ts';
import { type FaultSpec, UnreachableError } from '../sandbox/faults.ts';
import { setLoad } from '../sandbox/load.ts';
import { pushIntoModel, sampleImage } from '../sandbox/sample-image.ts';
import { ServiceError } from '../sandbox/service-model.ts';
import { ALARM_THRESHOLD, WORKLOAD_NAMESPACE } from '../sandbox/workload-extras.ts';
import { faultSpec } from './fault-spec.ts';
import { wordsOf } from './operator-command.ts';
import { type Step, stepKinds } from './scenario-steps.ts';
import type { WorldView } from './world-view.ts';

/** What steps leave behind for later ones, and for the judge. */
export interface StepMemory {
  /** Digest of each pushed image by application and tag. */
  readonly pushed: Map<string, string>;
  /** Ids of faults by their names. */
  readonly faults: Map<string, string>;
  /** Fleets that are still to be deployed by `fleet` steps, in their order. */
  readonly fleets: Fleet[];
  readonly operate: Operate;
}

export const pushedKey = (app: string, tag: string): string => `${app}:${tag}`;

/**
 * Runs an operator's command as the command line does, given its words without `farshore`; what it
 * says when it fails is the answer.
 */
export type Operate = (view: WorldView, words: readonly string[]) => Promise<string | undefined>;

/** Lets one step of a scenario happen; returns it in words. What a person cannot do is told too. */
export async function takeStep(view: WorldView, memory: StepMemory, step: Step): Promise<string> {
  try {
    return await happen(view, memory, step);
  } catch (error) {
    if (!(error instanceof ServiceError || error instanceof UnreachableError)) throw error;
    return `${stepKinds.find((kind) => step[kind] !== undefined) ?? ''} fails: ${error.message}`;
  }
}

async function happen(view: WorldView, memory: StepMemory, step: Step): Promise<string> {
  if (step.push !== undefined) return push(view, memory, step.push);
  if (step.deletePush !== undefined) return deletePush(view, step.deletePush);
  if (step.load !== undefined) return load(view, step.load);
  if (step.metric !== undefined) return metric(view, step.metric);
  if (step.setDesired !== undefined) return setDesired(view, step.setDesired);
  if (step.fault !== undefined) return fault(view, memory, step.fault);
  if (step.heal !== undefined) return heal(view, memory, step.heal);
  if (step.command !== undefined) return command(view, memory, step.command);
  if (step.event !== undefined) return event(view, step.event);
  if (step.fleet !== undefined) return deploy(view, memory);
  throw new Error('the step says nothing that can happen');
}

type Of<Kind extends keyof Step> = NonNullable<Step[Kind]>;

function push(view: WorldView, memory: StepMemory, { app, tag, ...options }: Of<'push'>): string {
  const application = view.application(app);
  const { crashes, content = tag } = options;
  const region = options.region ?? application.home;
  const repository = repositoryIn(application, region);
  const layout = sampleImage({ version: content, crashes });
  memory.pushed.set(pushedKey(app, tag), layout.index.digest);
  const target = { region, repository, tag };
  pushIntoModel(view.cloud.built.models.ecr, target, layout);
  return `${repository}:${tag} is pushed to ${region}${crashes ? '; its tasks crash' : ''}`;
}

async function deletePush(
  view: WorldView,
  { app, region, tag }: Of<'deletePush'>,
): Promise<string> {
  const repository = repositoryIn(view.application(app), region);
  const digest = view.tagged(app, region, tag);
  const imageIds = [{ imageTag: tag }, ...(digest === undefined ? [] : [{ imageDigest: digest }])];
  const input = { repositoryName: repository, imageIds };
  await byHand(view, { service: 'ecr', operation: 'BatchDeleteImage', region, input });
  return `somebody deletes ${repository}:${tag} in ${region}`;
}

function load(view: WorldView, { app, region, cpu, rps }: Of<'load'>): string {
  const { built, fleet } = view.cloud;
  const figures = { ...(cpu !== undefined && { cpu }), ...(rps !== undefined && { rps }) };
  setLoad(built.models.ecs, fleet, { app, region, ...figures });
  if (cpu !== undefined) return `CPU of ${app} in ${region} goes to ${cpu} %`;
  if (rps !== undefined) return `${app} in ${region} gets ${rps} requests a second`;
  return `the load on ${app} in ${region} ends`;
}

/** One datapoint a minute, because a gap means that all is well again. */
function metric({ cloud }: WorldView, { region, alarm, isBad }: Of<'metric'>): string {
  const { hub, world } = cloud.built.cloud;
  const value = isBad ? 2 * ALARM_THRESHOLD : 0;
  const datum = { namespace: WORKLOAD_NAMESPACE, name: alarm, dimensions: {}, value };
  cloud.metrics.get(`${region}/${alarm}`)?.();
  hub.putMetric(region, datum);
  const cancel = world.every(60_000, `metric of ${alarm}`, () => {
    hub.putMetric(region, datum);
  });
  cloud.metrics.set(`${region}/${alarm}`, cancel);
  return `the metric of ${alarm} in ${region} is ${isBad ? 'bad' : 'good'}`;
}

async function setDesired(view: WorldView, { app, region, ...rest }: Of<'setDesired'>) {
  const { cluster, service } = view.serviceOf(app, rest.service);
  const input = { cluster, service, desiredCount: rest.count };
  await byHand(view, { service: 'ecs', operation: 'UpdateService', region, input });
  return `somebody sets the desired count of ${service} in ${region} to ${rest.count}`;
}

function fault(view: WorldView, memory: StepMemory, step: Of<'fault'>): string {
  const { faults, world } = view.cloud.built.cloud;
  const spec: FaultSpec = faultSpec(step);
  const { id } = faults.add(spec);
  if (step.name !== undefined) memory.faults.set(step.name, id);
  if (step.for !== undefined) world.after(step.for, 'fault heals', () => void faults.clear(id));
  return `fault: ${describeFault(step)}`;
}

function describeFault({ kind, ...rest }: Of<'fault'>): string {
  const words = Object.entries(rest).map(([key, value]) => {
    const isTime = typeof value === 'number' && key !== 'rate';
    return `${key} ${isTime ? `${value / 1_000} s` : String(value)}`;
  });
  return `${kind}, ${words.join(', ')}`;
}

function heal({ cloud }: WorldView, memory: StepMemory, name: string): string {
  cloud.built.cloud.faults.clear(name === 'all' ? 'all' : (memory.faults.get(name) ?? ''));
  return name === 'all' ? 'everything heals' : `${name} heals`;
}

async function command(view: WorldView, { operate }: StepMemory, text: string): Promise<string> {
  const failure = await operate(view, wordsOf(text));
  const ran = `an operator runs: farshore ${text.replace(/^farshore /, '')}`;
  return failure === undefined ? ran : `${ran}; it fails: ${failure}`;
}

function event({ cloud }: WorldView, { region, times, ...rest }: Of<'event'>): string {
  for (let time = 0; time < times; time += 1) cloud.built.cloud.hub.putEvent(region, rest);
  const often = times === 1 ? '' : ` ${times} times`;
  return `the event ${rest.detailType} comes${often} in ${region}`;
}

function deploy({ cloud }: WorldView, { fleets }: StepMemory): string {
  const next = fleets.shift();
  if (next === undefined) throw new Error('a fleet step came without its fleet');
  cloud.deploy(next);
  return 'the fleet file changes and is deployed';
}

interface HandCall {
  readonly service: string;
  readonly operation: string;
  readonly region: string;
  readonly input: object;
}

/** A person's own call, from outside of AWS. */
async function byHand({ cloud }: WorldView, call: HandCall): Promise<void> {
  await cloud.built.cloud.call({ ...call, principal: {} });
}
