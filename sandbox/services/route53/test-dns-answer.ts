import type {
  TestDNSAnswerCommandInput,
  TestDNSAnswerCommandOutput,
} from '@aws-sdk/client-route-53';
import type { Operation } from '../../service-model.ts';
import { nameServers } from './hosted-zone.ts';
import type { Route53Model } from './route53-model.ts';

/** What the name servers would answer; the resolver's address tells nothing of its place here. */
export function testDnsAnswer(
  model: Route53Model,
): Operation<TestDNSAnswerCommandInput, Omit<TestDNSAnswerCommandOutput, '$metadata'>> {
  return {
    resources: () => ['*'],
    handle: (input) => {
      model.zone(input.HostedZoneId);
      const answer = model.answer(input.RecordName ?? '', input.RecordType ?? '');
      return {
        Nameserver: nameServers[0].replace(/\.$/, ''),
        RecordName: input.RecordName,
        RecordType: input.RecordType,
        RecordData: answer.records.map(({ value }) => value),
        ResponseCode: answer.rcode,
        Protocol: 'UDP',
      };
    },
  };
}
