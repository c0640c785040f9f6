import type { Fleet } from '../core/contract/fleet.ts';
import { functions } from '../core/contract/functions.ts';
import { buildCloud, type BuiltCloud } from './build-cloud.ts';
import type { CallFilter, LoggedCall } from './call-log.ts';
import { deployAssembly } from './deploy/deploy-assembly.ts';
import type { Fault, FaultSpec } from './faults.ts';
import { WorkerRuntime } from './lambda-runtime/worker-runtime.ts';
import { type LoadRequest, setLoad } from './load.ts';
import { type LocalServers, openServers } from './local-servers.ts';
import { ProblemLog } from './problem-log.ts';
import { RealTimeDriver } from './real-time-driver.ts';
import type { InboxMessage } from './services/sns/sns-model.ts';
import { seedUserResources } from './user-resources.ts';
import { World } from './world.ts';

export interface LocalCloudOptions {
  readonly fleet: Fleet;
  /** Directory of the synthesized cloud assembly. */
  readonly assembly: string;
  /** World seconds per real second. */
  readonly speed: number;
  /** World time at the start, ms since the epoch. */
  readonly startMs: number;
  readonly seed: number;
  /** 0 for a free one. */
  readonly gatewayPort: number;
  readonly dnsPort: number;
}

/** Where a local cloud listens, and what time it is there. */
export interface SandboxStatus {
  readonly ready: boolean;
  readonly gateway: string;
  /** Address and port of the DNS server, UDP and TCP. */
  readonly dns: string;
  readonly accountId: string;
  readonly speed: number;
  readonly nowMs: number;
  readonly fleet: string;
  readonly regions: Readonly<Record<string, RegionStatus>>;
}

interface RegionStatus {
  /** Host and port of the image registry. */
  readonly registry: string;
  /** URL of the load balancers. */
  readonly endpoint: string;
  readonly isUp: boolean;
}

/** A running local cloud, as the process it lives in holds it. */
export interface LocalCloud {
  status(): SandboxStatus;
  addFault(fault: FaultSpec): Fault;
  clearFaults(): void;
  setLoad(load: LoadRequest): void;
  inbox(): readonly InboxMessage[];
  calls(filter: CallFilter): readonly LoggedCall[];
  /** Loopback address of a load balancer's name. */
  addressOf(dnsName: string): string | undefined;
  /** Kills one worker of a function in the middle of its work, if it has one. */
  killFunction(name: string, region?: string): Promise<boolean>;
  /** The newest lines that functions and the cloud itself logged as problems. */
  recentProblems(): readonly string[];
  stop(): Promise<void>;
}

/** An account id no real account has. */
const ACCOUNT_ID = '123456789012';

/** Deploys a cloud assembly to a new local cloud and starts its clock. */
export async function startLocalCloud(options: LocalCloudOptions): Promise<LocalCloud> {
  const { fleet, speed } = options;
  const regions = Object.keys(fleet.regions);
  const problems = new ProblemLog();
  const world = new World({ seed: options.seed, startMs: options.startMs });
  const driver = new RealTimeDriver(world, { speed, onError: problems.add });
  const places: { gateway: string; dnsPort: number } = { gateway: '', dnsPort: 0 };
  const runtime = new WorkerRuntime({
    world,
    speed: () => speed,
    gatewayUrl: () => places.gateway,
    dnsPort: () => places.dnsPort,
    credentialsFor: ({ roleArn, region }) => built.cloud.credentialsFor({ roleArn, region }),
    onLog: (log) => {
      built.models.cloudwatch.putEmf(log.region, log.line);
      problems.addLog(log);
    },
    idleWorkersMax: regions.length * Object.keys(functions).length,
  });
  const built: BuiltCloud = buildCloud({
    world,
    accountId: ACCOUNT_ID,
    regions,
    queueUrlBase: () => places.gateway,
    runtime,
  });
  const { cloud, models } = built;
  seedUserResources(built, fleet);

  const servers = await openServers(built, options, {
    onRequest: () => {
      driver.catchUp();
    },
    onDefect: (error) => {
      problems.add('gateway', error);
    },
    status: () => status(),
    problems: problems.recent,
  });
  places.gateway = servers.gatewayUrl;
  places.dnsPort = servers.dns.port;
  const status = (): SandboxStatus => statusOf(built, servers, options);
  const stop = async (): Promise<void> => {
    driver.stop();
    await models.lambda.stop();
    await servers.close();
  };
  try {
    await deployAssembly(built, options.assembly);
  } catch (error) {
    await stop();
    throw error;
  }
  driver.start();
  return {
    status,
    addFault: (fault) => cloud.faults.add(fault),
    clearFaults: () => void cloud.faults.clear('all'),
    setLoad: (load) => {
      setLoad(models.ecs, fleet, load);
    },
    inbox: () => models.sns.inbox(),
    calls: (filter) => cloud.calls.list(filter),
    addressOf: (dnsName) => models.elasticloadbalancingv2.addressOf(dnsName),
    killFunction: (name, region) => runtime.killOne(name, region),
    recentProblems: problems.recent,
    stop,
  };
}

function statusOf(
  { cloud }: BuiltCloud,
  { gatewayUrl, dns, regions }: LocalServers,
  { fleet, speed }: LocalCloudOptions,
): SandboxStatus {
  return {
    ready: true,
    gateway: gatewayUrl,
    dns: `127.0.0.1:${dns.port}`,
    accountId: ACCOUNT_ID,
    speed,
    nowMs: cloud.world.nowMs(),
    fleet: fleet.name,
    regions: Object.fromEntries(
      [...regions].map(([region, addresses]) => {
        return [region, { ...addresses, isUp: cloud.faults.isUp(region) }];
      }),
    ),
  };
}
