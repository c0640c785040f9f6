import type { Call, Hub, Principal, Service } from '../../../sandbox/service-model.ts';
import { World } from '../../../sandbox/world.ts';

export const accountId = '123456789012';
export const startMs = Date.parse('2026-06-01T12:00:00Z');

/** A world and a hub for one model alone: everything is up, and what is sent is noted. */
export class ModelBench {
  readonly world = new World({ seed: 7, startMs });
  readonly down = new Set<string>();
  /** Pairs `from>to` that do not reach each other. */
  readonly cut = new Set<string>();
  readonly sent: { queueArn: string; body: string; options: object | undefined }[] = [];
  readonly invoked: { name: string; payload: unknown }[] = [];
  readonly hub: Hub = {
    putEvent: () => undefined,
    putMetric: () => undefined,
    sendToQueue: (queueArn, body, options) => {
      this.sent.push({ queueArn, body, options });
    },
    invokeFunction: (_region, name, payload) => {
      this.invoked.push({ name, payload });
      return Promise.resolve(null);
    },
    http: () => Promise.resolve({ status: 200, body: '' }),
    alarmState: () => undefined,
    isTargetHealthy: () => undefined,
    addressOf: () => undefined,
    resolveImage: () => undefined,
    isUp: (region) => !this.down.has(region),
    canReach: (from, to) => !this.cut.has(`${from ?? 'internet'}>${to}`),
  };

  /** Runs an operation as the cloud would; the answer is typed by the caller. */
  async run<Output = Record<string, unknown>>(
    service: Service,
    operation: string,
    input: object,
    options: { readonly region?: string; readonly principal?: Principal } = {},
  ): Promise<Output> {
    const found = service.operations[operation];
    if (found === undefined) throw new Error(`${service.id} has no ${operation}`);
    const call = this.callIn(options.region ?? 'eu-west-1', options.principal);
    return (await found.handle(input as never, call)) as Output;
  }

  /** The ARNs that a caller's policy must allow for an operation. */
  resources(service: Service, operation: string, input: object): readonly string[] {
    return service.operations[operation]?.resources(input as never, this.callIn('eu-west-1')) ?? [];
  }

  callIn(region: string, principal: Principal = {}): Call {
    return { world: this.world, region, accountId, principal, requestId: 'request-1' };
  }
}
