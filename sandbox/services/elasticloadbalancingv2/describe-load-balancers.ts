import type {
  DescribeLoadBalancersInput,
  DescribeLoadBalancersOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { type Operation, ServiceError } from '../../service-model.ts';
import type { LoadBalancerModel } from './load-balancer-model.ts';

export function describeLoadBalancers(
  model: LoadBalancerModel,
): Operation<DescribeLoadBalancersInput, DescribeLoadBalancersOutput> {
  return {
    resources: () => ['*'],
    handle: ({ Names, LoadBalancerArns }, { region }) => {
      const found = model
        .in(region)
        .filter(({ name }) => Names?.includes(name) ?? true)
        .filter(({ arn }) => LoadBalancerArns?.includes(arn) ?? true);
      const wanted = Names ?? LoadBalancerArns ?? [];
      if (found.length < wanted.length) {
        const text = `One or more load balancers not found: ${wanted.join(', ')}`;
        throw new ServiceError('LoadBalancerNotFound', text);
      }
      return {
        LoadBalancers: found.map(({ arn, name, dnsName, zoneId }) => ({
          LoadBalancerArn: arn,
          LoadBalancerName: name,
          DNSName: dnsName,
          CanonicalHostedZoneId: zoneId,
          Scheme: 'internet-facing',
          Type: 'application',
          State: { Code: 'active' },
          IpAddressType: 'ipv4',
        })),
      };
    },
  };
}
