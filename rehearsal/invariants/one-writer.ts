import type { Invariant } from './invariant.ts';

interface Promotion {
  readonly app: string;
  readonly to: string;
  readonly epoch: number;
}

export const oneWriter: Invariant = {
  name: 'one-writer',
  sentence:
    'data is promoted only for a move in the journal, in its region and under its epoch, so that ' +
    'no two regions are given one epoch',
  watch: (watched, broken) => {
    const targets = new Map<string, string>();
    watched.onFailover(({ app, after: { epoch, move } }) => {
      if (move !== undefined) targets.set(`${app} ${epoch}`, move.to);
    });
    watched.onCall('lambda:Invoke', ({ region, input }) => {
      const { app, to, epoch } = JSON.parse(textOf(input['Payload'])) as Promotion;
      const target = targets.get(`${app} ${epoch}`);
      if (target === to && to === region) return;
      const known = target === undefined ? 'which no move has' : `which belongs to ${target}`;
      broken(`${app} is promoted in ${region} under epoch ${epoch}, ${known}`);
    });
  },
};

function textOf(payload: unknown): string {
  return payload instanceof Uint8Array ? Buffer.from(payload).toString() : String(payload);
}
