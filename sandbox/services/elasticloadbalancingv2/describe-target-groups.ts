import type {
  DescribeTargetGroupsInput,
  DescribeTargetGroupsOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { type Operation, ServiceError } from '../../service-model.ts';
import type { LoadBalancerModel } from './load-balancer-model.ts';
import { CHECK_INTERVAL_MS } from './target-group.ts';

export function describeTargetGroups(
  model: LoadBalancerModel,
): Operation<DescribeTargetGroupsInput, DescribeTargetGroupsOutput> {
  return {
    resources: () => ['*'],
    handle: ({ Names, TargetGroupArns, LoadBalancerArn }, { region }) => {
      const balancersOf = (arn: string) =>
        model
          .in(region)
          .filter(({ targetGroups }) => targetGroups.some((group) => group.arn === arn))
          .map((balancer) => balancer.arn);
      const found = model
        .targetGroups(region)
        .filter(({ name }) => Names?.includes(name) ?? true)
        .filter(({ arn }) => TargetGroupArns?.includes(arn) ?? true)
        .filter(({ arn }) => isPartOf(balancersOf(arn), LoadBalancerArn));
      const wanted = Names ?? TargetGroupArns ?? [];
      if (found.length < wanted.length) {
        const text = `One or more target groups not found: ${wanted.join(', ')}`;
        throw new ServiceError('TargetGroupNotFound', text);
      }
      return {
        TargetGroups: found.map(({ arn, name }) => ({
          TargetGroupArn: arn,
          TargetGroupName: name,
          Protocol: 'HTTP',
          Port: 8_080,
          TargetType: 'ip',
          HealthCheckEnabled: true,
          HealthCheckPath: '/healthz',
          HealthCheckProtocol: 'HTTP',
          HealthCheckIntervalSeconds: CHECK_INTERVAL_MS / 1_000,
          LoadBalancerArns: balancersOf(arn),
        })),
      };
    },
  };
}

const isPartOf = (arns: readonly string[], wanted: string | undefined): boolean =>
  wanted === undefined || arns.includes(wanted);
