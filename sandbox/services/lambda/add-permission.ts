import type { AddPermissionRequest, AddPermissionResponse } from '@aws-sdk/client-lambda';
import type { Operation } from '../../service-model.ts';
import { conflict, refuseParameters } from './lambda-errors.ts';
import type { LambdaModel } from './lambda-model.ts';

/** Adds a statement to a function's resource policy. It is kept; services are not held to it. */
export function addPermission(
  model: LambdaModel,
): Operation<AddPermissionRequest, AddPermissionResponse> {
  return {
    resources: (input, call) => [model.arnOf(call.region, input.FunctionName)],
    handle: (input, call) => {
      refuseParameters(input, ['EventSourceToken', 'FunctionUrlAuthType', 'PrincipalOrgID']);
      const { permissions, spec } = model.functionOf(call.region, input.FunctionName);
      const id = input.StatementId ?? '';
      if (permissions.has(id)) {
        throw conflict(
          `The statement id (${id}) provided already exists. Please provide a new statement id, ` +
            'or remove the existing statement.',
        );
      }
      const conditions = {
        ...(input.SourceArn !== undefined && { ArnLike: { 'AWS:SourceArn': input.SourceArn } }),
        ...(input.SourceAccount !== undefined && {
          StringEquals: { 'AWS:SourceAccount': input.SourceAccount },
        }),
      };
      const statement = {
        Sid: id,
        Effect: 'Allow',
        Principal: { Service: input.Principal },
        Action: input.Action,
        Resource: spec.arn,
        ...(Object.keys(conditions).length > 0 && { Condition: conditions }),
      };
      permissions.set(id, statement);
      return { Statement: JSON.stringify(statement) };
    },
  };
}
