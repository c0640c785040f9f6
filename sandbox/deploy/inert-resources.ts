import {
  type CreatedResource,
  type Deployment,
  type Properties,
  textOf,
} from './resource-handler.ts';

/** A type of resource that changes nothing in the local cloud. */
export interface InertResource {
  readonly reason: string;
  /** What other resources refer to. */
  readonly create: (properties: Properties, deployment: Deployment) => CreatedResource;
}

const nothing = (_: Properties, { logicalId }: Deployment): CreatedResource => ({ ref: logicalId });

/** Every type that is passed over, with the reason; all others are implemented or refused. */
export const inertResources: Readonly<Record<string, InertResource>> = {
  'AWS::CDK::Metadata': { reason: 'tells AWS which constructs are used', create: nothing },
  'AWS::CloudWatch::Dashboard': {
    reason: 'there is no CloudWatch console to show it',
    create: (properties, { generatedName }) => ({
      ref: textOf(properties, 'DashboardName') ?? generatedName(255),
    }),
  },
  'AWS::KMS::Key': {
    reason: 'nothing is encrypted on a laptop',
    create: (_, { region, accountId, generatedName }) => {
      const id = generatedName(64);
      return {
        ref: id,
        attributes: { Arn: `arn:aws:kms:${region}:${accountId}:key/${id}`, KeyId: id },
      };
    },
  },
  'AWS::KMS::Alias': { reason: 'nothing is encrypted on a laptop', create: nothing },
  'AWS::Logs::LogGroup': {
    reason: 'functions log to the output of the local cloud',
    create: (properties, { region, accountId, generatedName }) => {
      const name = textOf(properties, 'LogGroupName') ?? generatedName(512);
      const Arn = `arn:aws:logs:${region}:${accountId}:log-group:${name}:*`;
      return { ref: name, attributes: { Arn } };
    },
  },
};
