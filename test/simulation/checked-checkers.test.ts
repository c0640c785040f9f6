import { expect, test } from '@jest/globals';
import { parseScenario } from '../../rehearsal/parse-scenario.ts';
import { playScenario } from '../../rehearsal/play-scenario.ts';
import type { Tamper } from '../../rehearsal/call-in-world-time.ts';
import { shop, shopAssembly } from '../rehearsal/shop.ts';

type Steps = readonly object[];
type Input = Record<string, unknown>;

/** Changes the input of one kind of call. */
function change(what: string, alter: (input: Input) => object): Tamper {
  return ({ service, operation }, input, run) =>
    run(`${service}:${operation}` === what ? alter({ ...input }) : input);
}

/** Changes what the journal answers, in the text of every document. */
function misread(alter: (body: string) => string): Tamper {
  return async (call, input, run) => {
    const answer = (await run(input)) as { output: { Item?: Record<string, { S?: string }> } };
    if (call.operation !== 'GetItem') return answer;
    const { body } = answer.output.Item ?? {};
    if (body?.S !== undefined) body.S = alter(body.S);
    return answer;
  };
}

const outage: Steps = [{ at: '10s', fault: { kind: 'region-down', region: 'us-east-1' } }];
const push: Steps = [{ at: '10s', push: { app: 'storefront', tag: '1.0.0' } }];
const load: Steps = [{ at: '10s', load: { app: 'storefront', region: 'us-east-1', cpu: 99 } }];

const twice: Tamper = async ({ operation }, input, run) => {
  if (operation === 'Publish') await run(input);
  return run(input);
};

const cases: readonly (readonly [invariant: string, steps: Steps, tamper: Tamper])[] = [
  ['notices-come-once', outage, twice],
  [
    'counts-stay-in-bounds',
    load,
    change('ecs:UpdateService', (input) => ({ ...input, desiredCount: 99 })),
  ],
  [
    'no-stale-effect',
    [
      ...outage,
      { at: '3m', heal: 'all' },
      { at: '5m', command: 'failover back storefront --force' },
    ],
    change('s3:PutObject', (input) => {
      return { ...input, Body: String(input['Body']).replace('OPEN epoch=2', 'OPEN epoch=0') };
    }),
  ],
  [
    'a-hold-wins',
    [{ at: '1s', command: 'failover hold storefront' }, ...outage],
    misread((body) => body.replace('"hold":', '"held":')),
  ],
  [
    'only-what-is-there',
    push,
    change('ecs:RegisterTaskDefinition', (input) => {
      const text = JSON.stringify(input).replace(/@sha256:[0-9a-f]{8}/, '@sha256:00000000');
      return JSON.parse(text) as object;
    }),
  ],
  [
    'no-false-flip',
    [],
    change('dynamodb:PutItem', (input) => {
      const text = JSON.stringify(input);
      if (!text.includes('evidence#')) return input;
      const blamed = /(us-east-1\\":\{\\"probe\\":\{\\"verdict\\":\\")up(.*?route53\\":\\")up/;
      return JSON.parse(text.replace(blamed, '$1down$2down')) as object;
    }),
  ],
  [
    'epochs-rise',
    [...outage, { at: '3m', heal: 'all' }],
    change('dynamodb:PutItem', (input) => {
      const text = JSON.stringify(input);
      const isEnd = text.includes('"S":"failover"') && text.includes('\\"phase\\":\\"steady\\"');
      return isEnd ? (JSON.parse(text.replace(/epoch\\":1/, 'epoch\\":0')) as object) : input;
    }),
  ],
];

test.each(cases)(
  'the check %s finds code that breaks it',
  async (invariant, steps, tamper) => {
    const parsed = parseScenario({
      version: 1,
      proves: 'that a check finds what it is there for',
      fleet: 'shop',
      for: '8m',
      steps,
      expect: [{ always: true, invariants: 'hold' }],
    });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    const play = {
      scenario: parsed.scenario,
      fleet: shop,
      assembly: await shopAssembly(),
      seed: 1,
    };
    const { verdicts } = await playScenario({ ...play, tamper });
    expect(verdicts[0]?.seen).toMatch(new RegExp(`^${invariant}:`));
    const { isMet } = await playScenario(play);
    expect(isMet).toBe(true);
  },
  60_000,
);
