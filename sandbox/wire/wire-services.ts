/** How one service talks: which of AWS's protocols, under which names. */
export interface WireService {
  /** The id of `Service` in the local cloud. */
  readonly id: string;
  /** The service's name in the scope of a SigV4 signature. */
  readonly signingName: string;
  /** Prefix of `x-amz-target`, and the service's name in paths of the CBOR protocol. */
  readonly target?: string;
  readonly jsonVersion?: '1.0' | '1.1';
  /** Namespace of XML answers; present for services that speak the query protocol or REST-XML. */
  readonly xmlNamespace?: string;
  /** Services whose operations are found by method and path. */
  readonly rest?: 'xml' | 'json';
  /** JSON errors carry the code of the older query protocol in a header. */
  readonly queryCompatible?: boolean;
  /** The SDK client, whose schemas say what requests and answers look like. */
  readonly load: () => Promise<object>;
}

/** Every service that the wire door serves. */
export const wireServices: readonly WireService[] = [
  {
    id: 'ecs',
    signingName: 'ecs',
    target: 'AmazonEC2ContainerServiceV20141113',
    jsonVersion: '1.1',
    load: () => import('@aws-sdk/client-ecs'),
  },
  {
    id: 'ecr',
    signingName: 'ecr',
    target: 'AmazonEC2ContainerRegistry_V20150921',
    jsonVersion: '1.1',
    load: () => import('@aws-sdk/client-ecr'),
  },
  {
    id: 'eventbridge',
    signingName: 'events',
    target: 'AWSEvents',
    jsonVersion: '1.1',
    load: () => import('@aws-sdk/client-eventbridge'),
  },
  {
    id: 'dynamodb',
    signingName: 'dynamodb',
    target: 'DynamoDB_20120810',
    jsonVersion: '1.0',
    load: () => import('@aws-sdk/client-dynamodb'),
  },
  {
    id: 'sqs',
    signingName: 'sqs',
    target: 'AmazonSQS',
    jsonVersion: '1.0',
    xmlNamespace: 'http://queue.amazonaws.com/doc/2012-11-05/',
    queryCompatible: true,
    load: () => import('@aws-sdk/client-sqs'),
  },
  {
    id: 'cloudwatch',
    signingName: 'monitoring',
    target: 'GraniteServiceVersion20100801',
    jsonVersion: '1.0',
    xmlNamespace: 'http://monitoring.amazonaws.com/doc/2010-08-01/',
    queryCompatible: true,
    load: () => import('@aws-sdk/client-cloudwatch'),
  },
  {
    id: 'sns',
    signingName: 'sns',
    xmlNamespace: 'http://sns.amazonaws.com/doc/2010-03-31/',
    load: () => import('@aws-sdk/client-sns'),
  },
  {
    id: 'sts',
    signingName: 'sts',
    xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
    load: () => import('@aws-sdk/client-sts'),
  },
  {
    id: 'elasticloadbalancingv2',
    signingName: 'elasticloadbalancing',
    xmlNamespace: 'http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/',
    load: () => import('@aws-sdk/client-elastic-load-balancing-v2'),
  },
  {
    id: 'route53',
    signingName: 'route53',
    xmlNamespace: 'https://route53.amazonaws.com/doc/2013-04-01/',
    rest: 'xml',
    load: () => import('@aws-sdk/client-route-53'),
  },
  {
    id: 's3',
    signingName: 's3',
    xmlNamespace: 'http://s3.amazonaws.com/doc/2006-03-01/',
    rest: 'xml',
    load: () => import('@aws-sdk/client-s3'),
  },
  {
    id: 'lambda',
    signingName: 'lambda',
    rest: 'json',
    load: () => import('@aws-sdk/client-lambda'),
  },
  {
    id: 'scheduler',
    signingName: 'scheduler',
    rest: 'json',
    load: () => import('@aws-sdk/client-scheduler'),
  },
];
