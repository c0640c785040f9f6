import type { MiddlewareStack } from '@smithy/types';

/** A client: its service as the SDK spells it, such as `ECS`, and its region. */
export interface ClientPlace {
  readonly service: string;
  readonly region: string;
}

/** Names the call in every error that a client throws. */
export function nameTheCall(place: ClientPlace) {
  return {
    applyToStack: <Input extends object, Output extends object>(
      stack: MiddlewareStack<Input, Output>,
    ): void => {
      stack.add(
        (next, context) => async (args) => {
          try {
            return await next(args);
          } catch (error) {
            throw renamed(error, place, (context.commandName ?? 'call').replace(/Command$/, ''));
          }
        },
        { step: 'initialize', name: 'nameTheCall', priority: 'high' },
      );
    },
  };
}

/**
 * Puts the call before the message of an error: "ECS UpdateService in us-west-2: Rate exceeded".
 * The error stays the same object, so its name and members still tell what it is.
 */
export function renamed(error: unknown, place: ClientPlace, operation: string): unknown {
  if (error instanceof Error) {
    error.message = `${place.service} ${operation} in ${place.region}: ${error.message}`;
  }
  return error;
}
