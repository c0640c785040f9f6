import { expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { parseScenario } from '../../rehearsal/parse-scenario.ts';
import { randomScenario } from '../../rehearsal/random-scenario.ts';
import { writableScenario } from '../../rehearsal/write-scenario.ts';
import { shop } from './shop.ts';

test('what is written reads the same again, and names its fleet from where it stands', () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const scenario = randomScenario(shop, seed);
    const place = { file: '/home/ada/drills/soak.yaml', fleetFile: '/home/ada/fleet.yaml' };
    const read = parseScenario(parse(stringify(writableScenario(scenario, place))));
    expect(read).toEqual({ ok: true, scenario: { ...scenario, fleet: '../fleet.yaml' } });
  }
});
