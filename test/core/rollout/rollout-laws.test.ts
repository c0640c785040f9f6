import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { digestOf } from '../../../core/image-uri.ts';
import { active, recheck, Shop, standby, sweep } from './shop.ts';

/** What may happen between two looks; each is drawn many times. */
type Happening =
  | { readonly kind: 'wake'; readonly region: string; readonly isSweep: boolean }
  | { readonly kind: 'together' }
  | { readonly kind: 'pass'; readonly seconds: number }
  | { readonly kind: 'push' }
  | { readonly kind: 'die'; readonly effects: number }
  | { readonly kind: 'outage'; readonly region: string };

const regions = [active, standby, 'us-east-2'];
const region = fc.constantFrom(...regions);

const happening = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('wake' as const), region, isSweep: fc.boolean() }),
  },
  { weight: 3, arbitrary: fc.constant({ kind: 'together' as const }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('pass' as const),
      seconds: fc.integer({ min: 1, max: 90 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'push' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('die' as const),
      effects: fc.integer({ min: 1, max: 6 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('outage' as const), region }) },
);

const fates = fc.constantFrom('completes' as const, 'breaks' as const, 'fails' as const);

/** A wake that may die, or meet a region that is down: SQS would deliver it again. */
async function wake(shop: Shop, from: string, isSweep: boolean): Promise<void> {
  await shop.wake(isSweep ? sweep : recheck, from).catch((error: unknown) => {
    if (!String(error).includes('died before')) throw error;
  });
}

async function happen(shop: Shop, what: Happening, pushes: { count: number }): Promise<void> {
  if (what.kind === 'wake') await wake(shop, what.region, what.isSweep);
  if (what.kind === 'together') await Promise.all(regions.map((from) => wake(shop, from, false)));
  if (what.kind === 'pass') shop.cloud.advance(what.seconds * 1_000);
  if (what.kind === 'die') shop.cloud.dieBeforeEffect(what.effects);
  if (what.kind === 'outage') {
    const { down } = shop.cloud.services;
    if (!down.delete(what.region)) down.add(what.region);
  }
  if (what.kind === 'push') {
    shop.cloud.dieBeforeEffect(Infinity);
    pushes.count += 1;
    await shop.push(`1.${pushes.count}.0`);
  }
}

async function settle(shop: Shop): Promise<void> {
  shop.cloud.dieBeforeEffect(Infinity);
  shop.cloud.services.down.clear();
  await shop.runFor(60);
}

/** A run that dies after ECS took a deployment that breaks: the next run asks ECS again. */
const diesOnceDeployed: readonly Happening[] = [
  { kind: 'wake', region: active, isSweep: false },
  { kind: 'die', effects: 6 },
  { kind: 'wake', region: active, isSweep: false },
  { kind: 'pass', seconds: 60 },
];

test('whatever happens, only a death deploys an image twice, and all regions end alike', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(happening, { maxLength: 60 }),
      fc.array(fates, { minLength: 8, maxLength: 8 }),
      async (happenings, drawn) => {
        const shop = new Shop();
        const before = await shop.runs('1.0.0');
        const fateOf = new Map<string, (typeof drawn)[number]>();
        shop.cloud.services.fate = (_region, image) => {
          const digest = digestOf(image) ?? '';
          if (digest === before) return 'completes';
          const fate = fateOf.get(digest) ?? drawn[fateOf.size % drawn.length] ?? 'completes';
          fateOf.set(digest, fate);
          return fate;
        };
        const pushes = { count: 0 };
        await happen(shop, { kind: 'push' }, pushes);
        for (const what of happenings) await happen(shop, what, pushes);
        await settle(shop);

        const deploys = shop.deploys();
        const deaths = happenings.filter(({ kind }) => kind === 'die').length;
        expect(deploys.length - new Set(deploys).size).toBeLessThanOrEqual(deaths);
        expect(await shop.running(active)).toBe(await shop.running(standby));
        const document = await shop.document();
        expect(['SUCCEEDED', 'ROLLED_BACK', 'SUPERSEDED']).toContain(document.current?.state);
        const quarantined = document.quarantined.map(({ digest }) => digest);
        expect(quarantined).not.toContain(await shop.running(active));
        expect(shop.cloud.effects.filter((effect) => effect.startsWith('desired'))).toEqual([]);
      },
    ),
    {
      numRuns: 150,
      examples: [[[...diesOnceDeployed], ['breaks', ...Array<'completes'>(7).fill('completes')]]],
    },
  );
});
