import { App } from 'aws-cdk-lib';
import { Farshore } from '../lib/farshore.ts';
import { FleetFileError } from '../lib/read-fleet.ts';

// The CDK app: `npx cdk synth -c fleet=path/to/fleet.yaml`. The default is in cdk.json.
const app = new App();
const fleet = String(app.node.getContext('fleet'));
try {
  new Farshore(app, 'Farshore', { fleet });
} catch (error) {
  if (!(error instanceof FleetFileError)) throw error;
  // What is wrong with the file is enough; where this code found out is not of interest.
  process.stderr.write(`${error.message}\n`);
  process.exit(2);
}
