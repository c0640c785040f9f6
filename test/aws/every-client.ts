import * as make from '../../aws/clients.ts';

/** The clients of every service that Farshore calls, made with the same options. */
export function clients(options: make.ClientOptions = {}) {
  return {
    cloudwatch: make.cloudWatchClients(options),
    dynamodb: make.dynamoDbClients(options),
    ecr: make.ecrClients(options),
    ecs: make.ecsClients(options),
    elb: make.elbClients(options),
    eventbridge: make.eventBridgeClients(options),
    lambda: make.lambdaClients(options),
    s3: make.s3Clients(options),
    sns: make.snsClients(options),
    sqs: make.sqsClients(options),
  };
}

export type Clients = ReturnType<typeof clients>;
