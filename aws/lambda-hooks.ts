import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { Hooks } from '../core/ports.ts';

/** The user's own functions, called and waited for. */
export class LambdaHooks implements Hooks {
  readonly #client: (region: string) => LambdaClient;

  constructor(client: (region: string) => LambdaClient) {
    this.#client = client;
  }

  async invoke(region: string, functionName: string, input: object): Promise<unknown> {
    const { FunctionError, Payload } = await this.#client(region).send(
      new InvokeCommand({
        FunctionName: functionName,
        InvocationType: 'RequestResponse',
        Payload: new TextEncoder().encode(JSON.stringify(input)),
      }),
    );
    const text = new TextDecoder().decode(Payload);
    if (FunctionError !== undefined) {
      const message = errorMessageIn(text);
      throw new Error(`function ${functionName} in ${region} failed: ${message}`);
    }
    return text === '' ? undefined : JSON.parse(text);
  }
}

/** Lambda answers a failure as JSON; a runtime that died may leave plain text. */
function errorMessageIn(text: string): string {
  const found = /"errorMessage"\s*:\s*("(?:[^"\\]|\\.)*")/.exec(text);
  return found?.[1] === undefined ? text : (JSON.parse(found[1]) as string);
}
