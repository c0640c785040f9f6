import { expect, test } from '@jest/globals';
import type { Command } from 'commander';
import { dlqCommand } from '../../../cli/commands/dlq.ts';
import { failoverCommand } from '../../../cli/commands/failover.ts';
import { imagesCommand } from '../../../cli/commands/images.ts';
import { rolloutCommand } from '../../../cli/commands/rollout.ts';
import { operate } from '../../../cli/rehearse/operate.ts';
import { operatorCommands } from '../../../rehearsal/operator-command.ts';
import { parseScenario } from '../../../rehearsal/parse-scenario.ts';
import { playScenario } from '../../../rehearsal/play-scenario.ts';
import { shop, shopAssembly } from '../../rehearsal/shop.ts';

const output = { isJson: false, data: () => undefined, note: () => undefined };
const commands = new Map<string, Command>(
  [failoverCommand, rolloutCommand, imagesCommand, dlqCommand].flatMap((make) => {
    const noun = make(output);
    return noun.commands.map((verb) => [`${noun.name()} ${verb.name()}`, verb] as const);
  }),
);

test.each(operatorCommands)('$noun $verb is a command of the command line', (known) => {
  const found = commands.get(`${known.noun} ${known.verb}`);
  const options = found?.options.map(({ long }) => long) ?? [];
  expect([...known.worded, ...known.plain].filter((option) => !options.includes(option))).toEqual(
    [],
  );
});

test('every command that acts can stand in a scenario', () => {
  const looking = ['failover plan', 'dlq list', 'dlq show'];
  // These work on any registries, with no fleet at all.
  const elsewhere = ['images copy', 'images verify', 'images list', 'images show'];
  const acting = [...commands.keys()].filter((name) => ![...looking, ...elsewhere].includes(name));
  expect(operatorCommands.map(({ noun, verb }) => `${noun} ${verb}`).sort()).toEqual(acting.sort());
});

test('a command in a scenario does what it does on the command line', async () => {
  const parsed = parseScenario({
    version: 1,
    proves: 'that commands are those of the command line',
    fleet: 'shop',
    for: '8m',
    steps: [
      { at: '1s', push: { app: 'storefront', tag: '1.0.0' } },
      { at: '2s', fault: { kind: 'event-drop', region: 'us-east-1', name: 'lost' } },
      { at: '4m', command: 'rollout roll-back storefront' },
      { at: '5m', command: 'farshore failover run storefront --reason "A drill"' },
      { at: '7m', command: 'failover run storefront --force' },
      { at: '7m', command: 'images backfill storefront' },
      { at: '7m', command: 'dlq redrive replicate-image --region us-east-1' },
      { at: '7m', command: 'dlq redrive nobody' },
    ],
    expect: [
      { within: '90s', after: '5m', active: { app: 'storefront', is: 'us-west-2' } },
      { always: true, invariants: 'hold' },
    ],
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const play = { scenario: parsed.scenario, fleet: shop, assembly: await shopAssembly(), seed: 1 };
  const { verdicts, timeline } = await playScenario(play, operate);
  expect(verdicts.map(({ isMet }) => isMet)).toEqual([true, true]);
  const typed = timeline.filter(({ text }) => text.includes('farshore')).map(({ text }) => text);
  expect(typed).toEqual([
    'an operator runs: farshore rollout roll-back storefront',
    'an operator runs: farshore failover run storefront --reason "A drill"',
    'an operator runs: farshore failover run storefront --force',
    'an operator runs: farshore images backfill storefront',
    'an operator runs: farshore dlq redrive replicate-image --region us-east-1',
    expect.stringContaining('dlq redrive nobody; it fails: There is no function nobody'),
  ]);
  const drill = timeline.find(({ text }) => text.includes('REQUESTED'));
  expect(drill?.text).toContain('operator asked for a planned move');
}, 240_000);
