import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { ownEvents } from '../core/contract/event-patterns.ts';
import type { Events } from '../core/ports.ts';

/** Farshore's own events, on its own bus of one region. */
export class EventBridgeEvents implements Events {
  readonly #client: EventBridgeClient;
  readonly #busName: string;

  constructor(client: EventBridgeClient, busName: string) {
    this.#client = client;
    this.#busName = busName;
  }

  async publish(detailType: string, detail: object): Promise<void> {
    const { FailedEntryCount = 0, Entries = [] } = await this.#client.send(
      new PutEventsCommand({
        Entries: [
          {
            EventBusName: this.#busName,
            Source: ownEvents.source,
            DetailType: detailType,
            Detail: JSON.stringify(detail),
          },
        ],
      }),
    );
    if (FailedEntryCount === 0) return;
    const { ErrorCode = 'unknown error', ErrorMessage = 'no message' } = Entries[0] ?? {};
    throw new Error(`bus ${this.#busName} refused "${detailType}": ${ErrorCode}, ${ErrorMessage}`);
  }
}
