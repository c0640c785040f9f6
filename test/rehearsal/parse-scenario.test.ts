import { describe, expect, test } from '@jest/globals';
import { checkAgainstFleet } from '../../rehearsal/check-against-fleet.ts';
import { parseScenario } from '../../rehearsal/parse-scenario.ts';
import { shop } from './shop.ts';

const whole = {
  version: 1,
  proves: 'something worth knowing',
  fleet: '../shop/fleet.yaml',
  for: '10m',
  steps: [{ at: '1m', push: { app: 'storefront', tag: '1.0.0' } }],
  expect: [{ within: '5m', active: { app: 'storefront', is: 'us-east-1' } }],
};

function problemsOf(change: object) {
  const parsed = parseScenario({ ...whole, ...change });
  const found = parsed.ok ? checkAgainstFleet(parsed.scenario, shop) : parsed.problems;
  return found.map(({ path, message, remedy }) => `${path.join('.')}: ${message} | ${remedy}`);
}

const step = (rest: object) => ({ steps: [{ at: '1m', ...rest }] });
const expected = (rest: object) => ({ expect: [rest] });
const active = { active: { app: 'storefront', is: 'us-east-1' } };

describe('a scenario', () => {
  test('that is whole has no problem', () => {
    expect(problemsOf({})).toEqual([]);
  });

  test.each([
    ['an unknown step', step({ pusch: {} }), /steps\.0\.pusch.*did you mean push/],
    ['two things in one step', step({ heal: 'all', command: 'rollout start web' }), /exactly one/],
    ['nothing in a step', step({}), /exactly one of push/],
    ['no expectation', { expect: [] }, /expect.*at least 1/],
    ['an expectation without a time', expected(active), /exactly one of within/],
    ['an expectation about nothing', expected({ atEnd: true }), /exactly one of answer/],
    ['a time after the end', expected({ at: '11m', ...active }), /after the end.*longer/],
    [
      'a window that is empty',
      expected({ always: true, after: '5m', until: '1m', ...active }),
      /until/,
    ],
    ['a figure that is missing', expected({ atEnd: true, epoch: { app: 'storefront' } }), /add is/],
    [
      'a tag nobody pushes',
      expected({ atEnd: true, digest: { app: 'storefront', region: 'us-east-1', tag: '9' } }),
      /no step pushes 9.*1\.0\.0/,
    ],
    [
      'a fault that lacks its end',
      step({ fault: { kind: 'link-cut', region: 'us-east-1' } }),
      /needs to/,
    ],
    ['a clock both ways', step({ fault: { kind: 'clock-skew', region: 'us-east-1' } }), /ahead/],
    [
      'a fault nobody knows',
      step({ fault: { kind: 'region-dwn', region: 'us-east-1' } }),
      /region-down/,
    ],
    ['healing what is not there', step({ heal: 'west' }), /no fault.*called west/],
    [
      'an unknown region',
      step({ fault: { kind: 'region-down', region: 'eu-west-1' } }),
      /eu-west-1.*us-east-2/,
    ],
    [
      'an unknown answer',
      expected({ atEnd: true, answer: { app: 'storefront', is: 'mars' } }),
      /mars/,
    ],
    [
      'an unknown application',
      step({ push: { app: 'web', tag: '1' } }),
      /no application web.*storefront/,
    ],
    [
      'an unknown service',
      step({ setDesired: { app: 'orders', region: 'us-east-1', service: 'x', count: 1 } }),
      /no service x.*api/,
    ],
    [
      'a region without tasks',
      expected({ atEnd: true, running: { app: 'orders', region: 'us-east-2', is: 1 } }),
      /does not run in us-east-2/,
    ],
    ['an unknown command', step({ command: 'failover jump storefront' }), /failover run/],
    ['a command about nothing', step({ command: 'rollout start --tag 1' }), /names no application/],
    [
      'a command about an unknown application',
      step({ command: 'failover run shop' }),
      /no application shop.*storefront/,
    ],
    [
      'an option without its word',
      step({ command: 'failover run orders --reason' }),
      /needs a word/,
    ],
    ['an unknown option', step({ command: 'failover run storefront --now' }), /--reason/],
    ['a duration without a unit', { for: '10' }, /30s, 10m/],
  ])('with %s is told what to do', (_title, change, problem) => {
    expect(problemsOf(change).join('\n')).toMatch(problem);
  });
});
