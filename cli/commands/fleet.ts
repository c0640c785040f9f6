import { Command } from 'commander';
import { chooseEngine } from '../../core/contract/replication-engine.ts';
import { CommandError, exitCode } from '../exit-code.ts';
import type { Output } from '../output.ts';

/** `farshore fleet validate`: checks a fleet file as synth and the functions will read it. */
export function fleetCommand(output: Output): Command {
  const fleet = new Command('fleet').description('Work on the fleet file.');
  fleet
    .command('validate')
    .description('Check a fleet file; every fault with its line and remedy.')
    .argument('[file]', 'the fleet file')
    .action((named: string | undefined) => validate(named, output));
  return fleet;
}

async function validate(named: string | undefined, output: Output): Promise<void> {
  const [{ fleetPath, readFleet }, { describeFaults }] = await Promise.all([
    import('../fleet-file.ts'),
    import('../yaml-file.ts'),
  ]);
  const file = fleetPath(named);
  const reading = readFleet(file);
  if (!reading.ok) {
    if (!output.isJson) {
      throw new CommandError(exitCode.usage, describeFaults(file, reading.faults));
    }
    output.data({ valid: false, file, faults: reading.faults }, '');
    process.exitCode = exitCode.usage;
    return;
  }
  const { fleet } = reading;
  const applications = Object.keys(fleet.applications);
  const regions = Object.keys(fleet.regions);
  const engines = Object.fromEntries(applications.map((app) => [app, chooseEngine(fleet, app)]));
  const lines = Object.entries(engines).map(
    ([app, { engine, reason }]) => `  ${app}: engine ${engine}. ${reason.text}`,
  );
  const size = `${applications.length} applications in ${regions.length} regions`;
  const head = `${file} is valid: ${size}.`;
  output.data({ valid: true, file, regions, applications, engines }, [head, ...lines].join('\n'));
}
