import type { ControlPorts } from '../core/ports.ts';
import type { AwsSetting } from './aws-setting.ts';
import { dynamoDbClients, snsClients, sqsClients } from './clients.ts';
import { DynamoDbJournal } from './dynamodb-journal.ts';
import { SnsNotifier } from './sns-notifier.ts';
import { SqsWakes } from './sqs-wakes.ts';
import { systemClock, systemIds } from './system-clock.ts';

/** What every function needs, whatever it decides about: the journal, notices and wakes. */
export function controlPorts(aws: AwsSetting, sqs = sqsClients(aws.clients)): ControlPorts {
  const { region, logger, clock = systemClock, ids = systemIds } = aws;
  return {
    clock,
    ids,
    logger,
    region,
    journal: new DynamoDbJournal({
      client: dynamoDbClients(aws.clients),
      table: aws.journalTable,
      regions: aws.journalRegions,
      ids,
    }),
    notifier: new SnsNotifier(snsClients(aws.clients)(region), aws.topicArn),
    wakes: new SqsWakes(sqs(region), aws.queues),
  };
}
