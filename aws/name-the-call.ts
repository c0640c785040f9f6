import type { ClientPlugin } from './clients.ts';

/**
 * Puts the call before the message of every error: "ECS UpdateService in us-west-2: Rate exceeded".
 * The error stays the same object, so its name and members still tell what it is.
 */
export function nameTheCall(region: string): ClientPlugin {
  return {
    applyToStack: (stack) => {
      stack.add(
        (next, context) => async (args) => {
          try {
            return await next(args);
          } catch (error) {
            if (error instanceof Error) {
              const service = (context.clientName ?? 'AWS').replace(/Client$/, '');
              const operation = (context.commandName ?? 'call').replace(/Command$/, '');
              error.message = `${service} ${operation} in ${region}: ${error.message}`;
            }
            throw error;
          }
        },
        { step: 'initialize', name: 'nameTheCall', priority: 'high' },
      );
    },
  };
}
