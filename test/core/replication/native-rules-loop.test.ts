import { describe, expect, test } from '@jest/globals';
import type { Fleet } from '../../../core/contract/fleet.ts';
import { runControlLoop } from '../../../core/control-loop.ts';
import type { NativeRule } from '../../../core/native-replication.ts';
import { nativeRulesLoop } from '../../../core/replication/native-rules-loop.ts';
import { FakeCloud } from '../fake-ports.ts';
import { fleetOfTest } from '../fleet-of-test.ts';

const home = 'us-east-1';
const registryId = '123456789012';
const ruleTo = (region: string, ...prefixes: readonly string[]): NativeRule => ({
  destinations: [{ region, registryId }],
  filters: prefixes.map((filter) => ({ filter, type: 'PREFIX_MATCH' })),
});
const ours = ruleTo('us-west-2', 'shop/storefront');
const others = ruleTo('eu-west-1', 'team/');

/** The shop's storefront, and orders beside it when asked for. */
function fleetWith(engine: string, orders?: string): Fleet {
  const fleet = fleetOfTest({ replication: { engine } });
  if (orders === undefined) return fleet;
  const image = { repository: 'shop/orders', tags: { semver: '*' } };
  const { storefront } = fleetOfTest({ image, replication: { engine: orders } }).applications;
  return { ...fleet, applications: { ...fleet.applications, orders: storefront } } as Fleet;
}

class Registry {
  readonly cloud = new FakeCloud();

  constructor(...rules: readonly NativeRule[]) {
    this.cloud.nativeReplication.rulesOf.set(home, rules);
  }

  get rules(): readonly NativeRule[] | undefined {
    return this.cloud.nativeReplication.rulesOf.get(home);
  }

  get notices(): readonly string[] {
    return this.cloud.notices.map(({ kind }) => kind);
  }

  async sweep(fleet: Fleet, app = 'storefront', region = home): Promise<string | undefined> {
    const ports = this.cloud.ports(region);
    const wake = { kind: 'wake', app, cause: 'sweep' };
    const [decision] = await runControlLoop(nativeRulesLoop(fleet, ports), wake, ports);
    return decision === undefined ? undefined : `${decision.action} ${decision.reason.code}`;
  }
}

describe('the rules of a registry', () => {
  test('get what a native application needs beside those of others, once, and people are told', async () => {
    const registry = new Registry(others);
    expect(await registry.sweep(fleetWith('native'))).toBe('write-rules RULES_DIFFER');
    expect(registry.rules).toEqual([others, ours]);
    expect(await registry.sweep(fleetWith('native'))).toBe('none ENGINE_NATIVE');
    expect(registry.notices).toEqual(['replication-rules-changed']);
    expect(registry.cloud.notices[0]?.text).toContain('1 rule(s) of Farshore and 1 of others');
  });

  test('are those of all applications, whichever is looked at first', async () => {
    const registry = new Registry();
    const fleet = fleetWith('native', 'native');
    expect(await registry.sweep(fleet, 'orders')).toBe('write-rules RULES_DIFFER');
    expect(registry.rules).toEqual([ruleTo('us-west-2', 'shop/orders', 'shop/storefront')]);
    expect(await registry.sweep(fleet, 'storefront')).toBe('none ENGINE_NATIVE');
  });

  test('lose ours and no other when the application is copied from now on', async () => {
    const registry = new Registry(others);
    await registry.sweep(fleetWith('native'));
    expect(await registry.sweep(fleetWith('auto'))).toBe('write-rules RULES_DIFFER');
    expect(registry.rules).toEqual([others]);
    expect(await registry.sweep(fleetWith('auto'))).toBe('none AUTO_TAGS_CHOSEN');
  });

  test('keep a rule that stood there before Farshore needed the same', async () => {
    const registry = new Registry(ours);
    expect(await registry.sweep(fleetWith('native'))).toBe('none ENGINE_NATIVE');
    await registry.sweep(fleetWith('auto'));
    expect(registry.rules).toEqual([ours]);
  });

  test('are neither read nor written where every application is copied', async () => {
    const registry = new Registry(others);
    registry.cloud.nativeReplication.rules = () => Promise.reject(new Error('not allowed'));
    expect(await registry.sweep(fleetWith('copy'))).toBe('none ENGINE_COPY');
  });

  test('that Farshore may not remove any more are told of once', async () => {
    const registry = new Registry();
    await registry.sweep(fleetWith('native', 'copy'));
    const copied = fleetWith('copy', 'copy');
    expect(await registry.sweep(copied)).toBe('none RULES_LEFT_BEHIND');
    expect(await registry.sweep(copied)).toBe('none RULES_LEFT_BEHIND');
    expect(await registry.sweep(copied, 'orders')).toBe('none ENGINE_COPY');
    expect(registry.notices).toEqual(['replication-rules-changed', 'replication-rules-left']);
  });

  test('stay as they are when ours do not fit, and people are told', async () => {
    const ten = Array.from({ length: 10 }, (_, index) => ruleTo('eu-west-1', `team${index}/`));
    const registry = new Registry(...ten);
    expect(await registry.sweep(fleetWith('native'))).toBe('none RULES_DO_NOT_FIT');
    expect(registry.rules).toEqual(ten);
    expect(registry.notices).toEqual(['replication-rules-refused']);
  });

  test('are looked at in the home region only', async () => {
    const registry = new Registry();
    expect(await registry.sweep(fleetWith('native'), 'storefront', 'us-west-2')).toBeUndefined();
  });

  test('are known as ours even if the run dies at any effect', async () => {
    for (let effect = 1; effect <= 8; effect += 1) {
      const registry = new Registry(others);
      registry.cloud.dieBeforeEffect(effect);
      await registry.sweep(fleetWith('native')).catch(() => undefined);
      for (const engine of ['native', 'auto']) {
        registry.cloud.advance(60_000);
        await registry.sweep(fleetWith(engine));
      }
      expect(registry.rules).toEqual([others]);
    }
  });
});
