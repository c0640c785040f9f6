import type {
  CreateEventBusCommandInput,
  CreateEventBusCommandOutput,
  DeleteEventBusCommandInput,
  DescribeEventBusCommandInput,
  DescribeEventBusCommandOutput,
  ListEventBusesCommandInput,
  ListEventBusesCommandOutput,
  PutPermissionCommandInput,
  RemovePermissionCommandInput,
} from '@aws-sdk/client-eventbridge';
import { pageOf } from '../../paging.ts';
import { ServiceError } from '../../service-model.ts';
import type { Operation } from '../../service-model.ts';
import type { EventBus } from './event-bus.ts';
import type { EventBridgeModel } from './eventbridge-model.ts';

type Without<Output> = Omit<Output, '$metadata'>;

/** AWS's page, and its largest one. */
const PAGE_SIZE = 100;

export function createEventBus(
  model: EventBridgeModel,
): Operation<CreateEventBusCommandInput, Without<CreateEventBusCommandOutput>> {
  return {
    resources: (input, call) => [model.busArn(call.region, input.Name)],
    handle: (input, call) => {
      const name = input.Name ?? '';
      if (!/^[\w.-]{1,256}$/.test(name)) {
        throw new ServiceError('ValidationException', `Event bus name ${name} is not valid.`);
      }
      if (model.buses(call.region).has(name)) {
        throw new ServiceError(
          'ResourceAlreadyExistsException',
          `Event bus ${name} already exists.`,
        );
      }
      return { EventBusArn: model.addBus(call.region, name, input.Description).arn };
    },
  };
}

export function deleteEventBus(
  model: EventBridgeModel,
): Operation<DeleteEventBusCommandInput, object> {
  return {
    resources: (input, call) => [model.busArn(call.region, input.Name)],
    handle: (input, call) => {
      const bus = model.buses(call.region).get(input.Name ?? '');
      if (bus?.name === 'default') {
        throw new ServiceError('ValidationException', 'Cannot delete event bus default.');
      }
      if (bus !== undefined && bus.rules.size > 0) {
        throw new ServiceError(
          'ValidationException',
          `Event bus ${bus.name} can't be deleted since it has rules.`,
        );
      }
      model.buses(call.region).delete(input.Name ?? '');
      return {};
    },
  };
}

export function describeEventBus(
  model: EventBridgeModel,
): Operation<DescribeEventBusCommandInput, Without<DescribeEventBusCommandOutput>> {
  return {
    resources: (input, call) => [model.busArn(call.region, input.Name)],
    handle: (input, call) => described(model.bus(call.region, input.Name)),
  };
}

export function listEventBuses(
  model: EventBridgeModel,
): Operation<ListEventBusesCommandInput, Without<ListEventBusesCommandOutput>> {
  return {
    resources: () => ['*'],
    handle: (input, call) => {
      const buses = [...model.buses(call.region).values()]
        .filter((bus) => bus.name.startsWith(input.NamePrefix ?? ''))
        .sort((one, other) => (one.name < other.name ? -1 : 1));
      const { items, nextToken } = pageOf(
        buses,
        { nextToken: input.NextToken, maxResults: input.Limit },
        PAGE_SIZE,
      );
      return { EventBuses: items.map(described), NextToken: nextToken };
    },
  };
}

/** Stores the policy; other accounts do not exist here, so nothing ever asks it. */
export function putPermission(
  model: EventBridgeModel,
): Operation<PutPermissionCommandInput, object> {
  return {
    resources: (input, call) => [model.busArn(call.region, input.EventBusName)],
    handle: (input, call) => {
      const bus = model.bus(call.region, input.EventBusName);
      bus.policy =
        input.Policy ??
        JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            {
              Sid: input.StatementId,
              Effect: 'Allow',
              Principal: { AWS: `arn:aws:iam::${input.Principal ?? '*'}:root` },
              Action: input.Action,
              Resource: bus.arn,
            },
          ],
        });
      return {};
    },
  };
}

export function removePermission(
  model: EventBridgeModel,
): Operation<RemovePermissionCommandInput, object> {
  return {
    resources: (input, call) => [model.busArn(call.region, input.EventBusName)],
    handle: (input, call) => {
      model.bus(call.region, input.EventBusName).policy = undefined;
      return {};
    },
  };
}

function described(bus: EventBus) {
  return {
    Name: bus.name,
    Arn: bus.arn,
    Description: bus.description,
    Policy: bus.policy,
    CreationTime: new Date(bus.createdMs),
    LastModifiedTime: new Date(bus.createdMs),
  };
}
