import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { TerminalError } from '../../../core/errors.ts';
import { parseEvent } from '../../../core/events/parse-event.ts';

const folder = new URL('../../fixtures/events/', import.meta.url);

type Json = Record<string, unknown>;

function fixture(name: string): Json {
  return JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as Json;
}

const names = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.slice(0, -5));

const cpuAlarm = {
  kind: 'alarm-changed',
  alarmName: 'ServerCpuTooHigh',
  region: 'us-east-1',
  isComposite: false,
  threshold: 50,
  datapoints: [99.50160229693434],
  state: { value: 'ALARM', atMs: Date.parse('2019-10-02T17:04:40.989Z') },
  previous: { value: 'OK' },
};

describe('parseEvent', () => {
  const cases: readonly [string, object | undefined][] = [
    [
      'ecr-image-push-documented',
      {
        kind: 'image-pushed',
        region: 'us-west-2',
        repository: 'my-repository-name',
        tag: 'latest',
        atMs: Date.parse('2019-11-16T01:54:34Z'),
      },
    ],
    [
      'ecr-image-push-untagged-child',
      {
        kind: 'image-pushed',
        repository: 'soci-index-test-repo',
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        artifactType: 'application/vnd.oci.image.config.v1+json',
      },
    ],
    ['ecr-image-push-index', { kind: 'image-pushed', tag: 'v4-soci' }],
    ['ecr-image-delete', undefined],
    ['ecr-referrer-restore', undefined],
    ['ecr-referrer-push', { kind: 'image-pushed', repository: 'sbom' }],
    [
      'ecr-replication',
      {
        kind: 'image-replicated-natively',
        region: 'us-east-1',
        sourceRegion: 'us-west-2',
        tag: '3.17.2',
        succeeded: true,
      },
    ],
    ['ecr-replication-failed', { kind: 'image-replicated-natively', succeeded: false }],
    [
      'ecs-deployment-failed',
      {
        kind: 'deployment-changed',
        region: 'us-west-2',
        cluster: 'default',
        service: 'servicetest',
        progress: 'FAILED',
        deploymentId: 'ecs-svc/123',
        reason: 'ECS deployment circuit breaker: task failed to start.',
      },
    ],
    ['ecs-deployment-completed', { kind: 'deployment-changed', progress: 'COMPLETED' }],
    ['ecs-deployment-rolling-back', { kind: 'deployment-changed', progress: 'IN_PROGRESS' }],
    ['alarm-single-metric', cpuAlarm],
    ['alarm-direct-action', cpuAlarm],
    [
      'alarm-metric-math',
      {
        kind: 'alarm-changed',
        threshold: 10_000,
        datapoints: [45_628],
        previous: { value: 'INSUFFICIENT_DATA', reason: 'Unchecked: Initial alarm creation' },
      },
    ],
    [
      'alarm-composite-suppressed',
      { kind: 'alarm-changed', isComposite: true, silencedBy: 'WaitPeriod', datapoints: [] },
    ],
    [
      'alarm-composite-suppression-ended',
      { kind: 'alarm-changed', state: { value: 'ALARM' }, previous: { value: 'ALARM' } },
    ],
    [
      'alarm-muted',
      {
        kind: 'alarm-changed',
        silencedBy: 'arn:aws:cloudwatch:us-east-1:123456789012:alarm-mute-rule:testMute',
      },
    ],
    ['alarm-health-check', { kind: 'alarm-changed', threshold: 1, datapoints: [0, 0] }],
    [
      'health-operational-issue',
      {
        kind: 'health-event',
        service: 'EC2',
        code: 'AWS_EC2_OPERATIONAL_ISSUE',
        category: 'issue',
        eventRegion: 'af-south-1',
        startedAtMs: Date.parse('2023-01-27T06:02:51Z'),
      },
    ],
    ['health-backup-copy', { kind: 'health-event', region: 'us-west-2', eventRegion: 'us-east-1' }],
    [
      'farshore-image-replicated',
      {
        kind: 'image-replicated',
        app: 'storefront',
        tag: '1.4.0',
        regions: ['us-east-1', 'us-west-2'],
      },
    ],
    [
      'farshore-operator-request',
      {
        kind: 'operator-requested',
        loop: 'failover',
        actor: 'ada',
        request: { kind: 'run', target: 'us-west-2' },
      },
    ],
    ['farshore-wake', { kind: 'wake', app: 'storefront', cause: 'recheck', subject: 'traffic' }],
  ];

  test.each(cases)('reads %s', (name, expected) => {
    const event = parseEvent(fixture(name));
    if (expected === undefined) expect(event).toBeUndefined();
    else expect(event).toMatchObject(expected);
  });

  test('has an expectation for every fixture', () => {
    expect(cases.map(([name]) => name).sort()).toEqual([...names].sort());
  });

  test.each(['ecr-image-push-untagged-child', 'ecr-referrer-push'])(
    'finds no tag in %s',
    (name) => {
      expect(parseEvent(fixture(name))).not.toHaveProperty('tag');
    },
  );

  test.each(['alarm-single-metric', 'alarm-composite-suppression-ended'])(
    'finds nothing that silences %s',
    (name) => {
      expect(parseEvent(fixture(name))).not.toHaveProperty('silencedBy');
    },
  );

  test.each(names)('does not mind fields that AWS adds to %s', (name) => {
    const event = fixture(name);
    if (name.startsWith('farshore')) return;
    const part = 'alarmData' in event ? 'alarmData' : 'detail';
    const grown = { ...event, new: 1, [part]: { ...(event[part] as Json), new: [] } };
    expect(parseEvent(grown)).toEqual(parseEvent(event));
  });

  test.each<[string, string[], RegExp]>([
    ['ecr-image-push-documented', ['detail', 'image-digest'], /detail\.image-digest/],
    ['ecr-image-push-documented', ['detail', 'repository-name'], /detail\.repository-name/],
    ['ecr-replication', ['detail', 'source-region'], /detail\.source-region/],
    ['ecs-deployment-failed', ['resources'], /resources\.0: expected the long ARN/],
    ['alarm-single-metric', ['detail', 'state'], /detail\.state/],
    ['alarm-direct-action', ['alarmData', 'alarmName'], /alarmData\.alarmName/],
    ['health-operational-issue', ['detail', 'service'], /detail\.service/],
    ['farshore-image-replicated', ['detail', 'app'], /detail\.app/],
    ['farshore-operator-request', ['detail', 'actor'], /detail\.actor/],
    ['farshore-wake', ['app'], /at app/],
  ])('rejects %s without %j and says where', (name, path, message) => {
    const event = fixture(name);
    const parent = path.slice(0, -1).reduce((at, key) => at[key] as Json, event);
    Reflect.deleteProperty(parent, path.at(-1) ?? '');
    expect(() => parseEvent(event)).toThrow(message);
    expect(() => parseEvent(event)).toThrow(TerminalError);
  });

  test('rejects an unknown field in our own event', () => {
    const event = fixture('farshore-operator-request');
    const detail = { ...(event['detail'] as Json), force: true };
    expect(() => parseEvent({ ...event, detail })).toThrow(/force/);
  });

  test('reads reasonData that is no JSON as no data', () => {
    const event = fixture('alarm-single-metric');
    const detail = event['detail'] as { state: Json };
    detail.state['reasonData'] = 'not JSON';
    expect(parseEvent(event)).toMatchObject({ datapoints: [] });
  });

  test.each([
    [undefined],
    [null],
    ['text'],
    [{}],
    [{ kind: 'probe-minute' }],
    [{ source: 'aws.ecr', 'detail-type': 'ECR Image Scan', detail: {} }],
    [{ source: 'aws.cloudwatch', 'detail-type': 'CloudWatch Alarm Configuration Change' }],
  ])('knows nothing of %j', (raw) => {
    expect(parseEvent(raw)).toBeUndefined();
  });

  test('never fails in another way, whatever arrives', () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.string(), fc.jsonValue(), (name, key, value) => {
        const event = { ...fixture(name), [key]: value, detail: value };
        try {
          parseEvent(event);
        } catch (error) {
          expect(error).toBeInstanceOf(TerminalError);
        }
      }),
    );
  });
});
