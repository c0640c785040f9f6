import { App, Stack } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Farshore } from 'farshore';

/**
 * Farshore inside a CDK app of your own, beside your own stacks. In this repository, where the
 * package is its own source, synthesize it with:
 *
 *     npx cdk synth -q --app "npx node --conditions=source examples/own-cdk-app/app.ts" \
 *       --output cdk.out/own
 */
const app = new App();

const farshore = new Farshore(app, 'Farshore', { fleet: 'examples/shop/fleet.yaml' });

// Every construct can be reached: here the notices of one region get one more reader.
for (const [region, { foundation }] of Object.entries(farshore.regionalStacks)) {
  foundation.notices.topic.addSubscription(new EmailSubscription(`oncall+${region}@shop.example`));
}

// And here is a stack of your own.
new Topic(new Stack(app, 'Shop', { env: { region: 'us-east-1' } }), 'Orders');
