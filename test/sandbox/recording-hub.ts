import type { AwsEvent, Call, Hub, MetricDatum, Operation } from '../../sandbox/service-model.ts';
import { World } from '../../sandbox/world.ts';

export const ACCOUNT_ID = '123456789012';
export const REGION = 'us-east-1';

interface PutEvent extends AwsEvent {
  readonly region: string;
  readonly atMs: number;
}

/** A hub that keeps what models tell it; neighbours are set where a test has them. */
interface RecordingHub extends Hub {
  readonly events: PutEvent[];
  readonly metrics: (MetricDatum & { readonly region: string })[];
  readonly down: Set<string>;
}

export function worldFrom(seed = 1): World {
  return new World({ seed, startMs: Date.UTC(2026, 0, 1) });
}

export function recordingHub(world: World, neighbours: () => Partial<Hub> = () => ({})) {
  const down = new Set<string>();
  const refuse = (what: string) => (): never => {
    throw new Error(`the test's hub has no ${what}`);
  };
  const hub: RecordingHub = {
    events: [],
    metrics: [],
    down,
    putEvent: (region, event) => {
      if (!down.has(region)) hub.events.push({ ...event, region, atMs: world.nowMs() });
    },
    putMetric: (region, datum) => hub.metrics.push({ ...datum, region }),
    sendToQueue: refuse('sendToQueue'),
    invokeFunction: refuse('invokeFunction'),
    http: refuse('http'),
    alarmState: refuse('alarmState'),
    isTargetHealthy: refuse('isTargetHealthy'),
    addressOf: refuse('addressOf'),
    resolveImage: (region, image) => neighbours().resolveImage?.(region, image),
    imageLabels: (region, image) => neighbours().imageLabels?.(region, image) ?? {},
    registerTarget: (...args) => neighbours().registerTarget?.(...args),
    deregisterTarget: (...args) => neighbours().deregisterTarget?.(...args),
    targetHealth: (...args) => neighbours().targetHealth?.(...args) ?? 'unused',
    isUp: (region) => !down.has(region),
    canReach: (_from, to) => !down.has(to),
  };
  return hub;
}

/** Calls one operation of a service, as a door would after its checks. */
export function caller(
  world: World,
  service: { readonly operations: Readonly<Record<string, Operation>> },
) {
  const contextOf = (region: string): Call => ({
    world,
    region,
    accountId: ACCOUNT_ID,
    principal: {},
    requestId: 'test',
  });
  const operationOf = (name: string): Operation<object> => {
    const operation = service.operations[name];
    if (operation === undefined) throw new Error(`no operation ${name}`);
    return operation as Operation<object>;
  };
  return {
    call: async <Output>(name: string, input: object, region = REGION): Promise<Output> =>
      (await operationOf(name).handle(input, contextOf(region))) as Output,
    resources: (name: string, input: object, region = REGION) =>
      operationOf(name).resources(input, contextOf(region)),
    conditions: (name: string, input: object, region = REGION) =>
      operationOf(name).conditions?.(input, contextOf(region)),
  };
}
