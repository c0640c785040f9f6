import type { Fetch } from '../aws/ecr-layer-download.ts';
import type { Ask, Resolver } from '../aws/outside-world.ts';
import type { Fleet } from '../core/contract/fleet.ts';
import type { Surroundings } from '../lambdas/shared/lambda-handler.ts';
import type { FunctionTelemetry } from '../lambdas/shared/telemetry.ts';
import type { BuiltCloud } from '../sandbox/build-cloud.ts';
import { UnreachableError } from '../sandbox/faults.ts';
import type { CallGate } from '../sandbox/lambda-runtime/call-gate.ts';
import type { FunctionSpec } from '../sandbox/lambda-runtime/function-runtime.ts';
import { layerFetch } from '../sandbox/services/ecr/layer-fetch.ts';
import { callInWorldTime, type Tamper } from './call-in-world-time.ts';

/** A line that a function logged as a problem. */
export interface FunctionProblem {
  readonly atMs: number;
  readonly region: string;
  readonly function: string;
  readonly text: string;
}

/** How long a probe waits for a place that does not answer; a probe gives up then, in ms. */
const SILENCE_MS = 4_000;

/** One execution environment of a function. */
export interface Place {
  readonly fleet: Fleet;
  readonly fn: FunctionSpec;
  readonly gate: CallGate;
  readonly tamper: Tamper | undefined;
}

/** Everything a deployed function has around it, made of a rehearsal's world. */
export function worldSurroundings(
  built: BuiltCloud,
  { fleet, fn, gate, tamper }: Place,
  onProblem: (problem: FunctionProblem) => void,
): Surroundings {
  const { cloud } = built;
  const { world } = cloud;
  const principal = { roleArn: fn.roleArn, region: fn.region };
  return {
    fleet,
    clients: { answer: callInWorldTime(cloud, { principal, gate, tamper }) },
    clock: { nowMs: () => gate.nowMs() },
    ids: { next: () => world.random.uuid() },
    fetch: worldFetch(built, fn.region, gate),
    ask: worldAsk(built, fn.region, gate),
    resolver: worldResolver(built, fn.region, gate),
    after: (ms, run) => world.after(ms, 'function timer', run),
    telemetry: quietTelemetry((text) => {
      const atMs = world.nowMs();
      const name = fn.environment['POWERTOOLS_SERVICE_NAME'] ?? fn.name;
      onProblem({ atMs, region: fn.region, function: name, text });
    }),
  };
}

/** Layers come by their presigned addresses; nothing else is fetched. */
function worldFetch({ models }: BuiltCloud, region: string, gate: CallGate): Fetch {
  const layers = layerFetch(models.ecr, region);
  return (input, init) =>
    gate.pass({ service: 'http', operation: 'layer' }, () => layers(input, init));
}

function worldAsk({ cloud }: BuiltCloud, region: string, gate: CallGate): Ask {
  return async (url) => {
    const ask = () => cloud.hub.http({ region }, url);
    try {
      return (await gate.pass({ service: 'http', operation: 'get' }, ask)).status;
    } catch (error) {
      if (error instanceof UnreachableError) await gate.wait(SILENCE_MS);
      throw error;
    }
  };
}

function worldResolver({ models }: BuiltCloud, region: string, gate: CallGate): Resolver {
  const ask = (name: string, type: string): Promise<readonly string[]> =>
    gate.pass({ service: 'dns', operation: type }, () => {
      const { records } = models.route53.answer(name, type, { resolver: region });
      const values = records.filter((record) => record.type === type).map(({ value }) => value);
      return Promise.resolve(values);
    });
  return {
    resolve4: async (name) => [...(await ask(name, 'A'))],
    resolveTxt: async (name) => (await ask(name, 'TXT')).map((value) => [unquoted(value)]),
  };
}

function unquoted(text: string): string {
  return text.replaceAll('"', '');
}

function quietTelemetry(onProblem: (text: string) => void): FunctionTelemetry {
  const nothing = (): void => undefined;
  return {
    port: {
      info: nothing,
      warn: (message, fields) => {
        onProblem(`${message} ${JSON.stringify(fields ?? {})}`);
      },
    },
    begin: nothing,
    count: nothing,
    decided: nothing,
    measure: nothing,
    failed: (message) => {
      onProblem(message);
    },
    end: nothing,
  };
}
