import path from 'node:path';
import { exitCode } from './exit-code.ts';
import { fleetPath } from './fleet-file.ts';
import type { Output } from './output.ts';
import { removeSandboxState, writeSandboxState } from './sandbox-state.ts';
import { startSandbox } from './start-sandbox.ts';
import type { SandboxStatus } from '../sandbox/local-cloud.ts';

/** Keeps a local cloud up until Ctrl-C, a kill, or the end of its terminal. */
export async function sandboxUp(
  options: {
    readonly fleet?: string;
    readonly speed: number;
    readonly gatewayPort?: number;
    readonly dnsPort?: number;
  },
  output: Output,
): Promise<void> {
  const fleetFile = path.resolve(fleetPath(options.fleet));
  const { fleet, cloud } = await startSandbox({ ...options, fleetFile }, output);
  const status = cloud.status();
  writeSandboxState({ pid: process.pid, gateway: status.gateway, fleetFile });
  const [first] = Object.values(fleet.applications);
  output.data(status, welcome(status, first?.home ?? '', first?.image.repository ?? ''));

  const signal = await new Promise<NodeJS.Signals>((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, resolve);
  });
  output.note('Stopping the local cloud ...');
  removeSandboxState();
  await cloud.stop();
  process.exitCode = signal === 'SIGINT' ? exitCode.interrupted : exitCode.ok;
}

function welcome(status: SandboxStatus, home: string, repository: string): string {
  const registry = status.regions[home]?.registry ?? '';
  const regions = Object.entries(status.regions).map(
    ([region, { registry: images, endpoint }]) =>
      `  ${region.padEnd(12)} images ${images}   users ${endpoint}`,
  );
  return [
    '',
    `The local cloud is up, its time runs ${status.speed}x. Ctrl-C ends it.`,
    '',
    `  AWS API      ${status.gateway}   (any credentials)`,
    `  DNS          ${status.dns}`,
    ...regions,
    '',
    'In another terminal:',
    `  export AWS_ENDPOINT_URL=${status.gateway}`,
    '  export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local',
    `  aws ecr get-login-password --region ${home} |`,
    `    skopeo login --tls-verify=false -u AWS --password-stdin ${registry}`,
    '  skopeo copy --all --dest-tls-verify=false oci:DIR:TAG \\',
    `    docker://${registry}/${repository}:1.0.0`,
    '',
    '  npx farshore status                 what serves where',
    '  npx farshore events                 what was decided and why',
    `  npx farshore sandbox fault add region-down --region ${home}`,
    '  npx farshore sandbox fault clear',
    '  npx farshore sandbox inbox          what people were told',
    '',
  ].join('\n');
}
