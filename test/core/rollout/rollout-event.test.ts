import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { TerminalError } from '../../../core/errors.ts';
import { parseRolloutEvents } from '../../../core/rollout/rollout-event.ts';
import { fleetOfTest } from '../fleet-of-test.ts';
import { operator } from './shop.ts';

const fleet = fleetOfTest();

function fixture(name: string): Record<string, unknown> {
  const file = new URL(`../../fixtures/events/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
}

function deployment(region: string, service: string): object {
  const resources = [`arn:aws:ecs:${region}:111122223333:service/shop/${service}`];
  return { ...fixture('ecs-deployment-completed'), region, resources };
}

describe('what wakes a rollout', () => {
  test.each<[string, object, { app: string; cause: string }[]]>([
    [
      'a replicated image',
      fixture('farshore-image-replicated'),
      [{ app: 'storefront', cause: 'image' }],
    ],
    [
      'a deployment of one of our services',
      deployment('us-west-2', 'storefront-web'),
      [{ app: 'storefront', cause: 'deployment' }],
    ],
    ['no deployment of another service', deployment('us-west-2', 'cart'), []],
    ['no deployment in another region', deployment('eu-west-1', 'storefront-web'), []],
    [
      'a sweep',
      { kind: 'wake', app: 'storefront', cause: 'sweep' },
      [{ app: 'storefront', cause: 'sweep' }],
    ],
    ['no wake of an application that is gone', { kind: 'wake', app: 'old', cause: 'sweep' }, []],
    ['no request to another loop', fixture('farshore-operator-request'), []],
    ['no push', fixture('ecr-image-push-documented'), []],
  ])('%s', (_title, raw, expected) => {
    const events = parseRolloutEvents(fleet, raw);
    expect(events.map(({ app, cause }) => ({ app, cause }))).toEqual(expected);
  });

  test('an operator, by name and by request', () => {
    const [event] = parseRolloutEvents(fleet, operator({ kind: 'start', tag: '1.2.0' }, 'r-7'));
    expect(event?.request).toEqual({ kind: 'start', tag: '1.2.0', id: 'r-7', actor: 'ada' });
  });

  test.each([{ kind: 'start', tag: '1.2.0' }, { kind: 'roll-back' }] as const)(
    'an operator, under the id that the command line gave the request %j',
    (asked) => {
      const [event] = parseRolloutEvents(fleet, operator({ ...asked, id: 'typed' }, 'r-7'));
      expect(event?.request).toEqual({ ...asked, id: 'typed', actor: 'ada' });
    },
  );

  test.each([
    [{ kind: 'start', digest: 'latest' }],
    [{ kind: 'roll-back', force: true }],
    ['start'],
  ])('rejects the request %j', (request) => {
    expect(() => parseRolloutEvents(fleet, operator(request as object))).toThrow(TerminalError);
  });
});
