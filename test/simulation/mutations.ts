import type { Tamper } from '../../rehearsal/call-in-world-time.ts';
import type { RehearsedCloud } from '../../rehearsal/rehearsed-cloud.ts';
import type { SoakMode } from '../../rehearsal/soak-modes.ts';
import { publish } from '../../sandbox/services/route53/hosted-zone.ts';

type Input = Record<string, unknown>;
type Item = Record<string, { S?: string }>;

/** Code or a world that is broken in one way, and the promise that it breaks. */
export interface Mutation {
  /** Name of the promise. */
  readonly breaks: string;
  /** What is broken, in words. */
  readonly by: string;
  readonly mode: SoakMode;
  readonly tamper?: Tamper;
  readonly sabotage?: (cloud: RehearsedCloud) => void;
}

/** Changes the input of one kind of call. */
function change(what: string, alter: (input: Input) => object): Tamper {
  return ({ service, operation }, input, run) =>
    run(`${service}:${operation}` === what ? alter({ ...input }) : input);
}

/** Changes what is written to the journal, in the text of one whole item. */
function miswrite(alter: (item: string) => string): Tamper {
  return change('dynamodb:PutItem', (input) => JSON.parse(alter(JSON.stringify(input))) as object);
}

/** Changes what the journal answers, in the text of every document. */
function misread(alter: (body: string) => string): Tamper {
  return async (call, input, run) => {
    const answer = (await run(input)) as { Item?: Item; Items?: Item[] };
    if (call.service !== 'dynamodb') return answer;
    for (const { body } of [answer.Item ?? {}, ...(answer.Items ?? [])]) {
      if (body?.S !== undefined) body.S = alter(body.S);
    }
    return answer;
  };
}

/** Changes what an API answers, in the text of the whole answer. */
function mishear(what: string, alter: (output: Input, input: Input) => void): Tamper {
  return async ({ service, operation }, input, run) => {
    const answer = (await run(input)) as Input;
    if (`${service}:${operation}` === what) alter(answer, input as Input);
    return answer;
  };
}

/** Takes calls for done that never were made. */
function swallow(what: string, isMeant: (input: string) => boolean): Tamper {
  return ({ service, operation }, input, run) => {
    const isSwallowed = `${service}:${operation}` === what && isMeant(JSON.stringify(input));
    return isSwallowed ? Promise.resolve({ $metadata: {} }) : run(input);
  };
}

/** Keeps what failover writes in memory, where it outlives every majority of the journal. */
function movesInMemory(): Tamper {
  const kept = new Map<string, Input>();
  const keyOf = (key: unknown): string => {
    const { pk, sk } = key as Record<string, { S?: string }>;
    return `${pk?.S ?? ''} ${sk?.S ?? ''}`;
  };
  return async ({ service, operation }, input, run) => {
    const { Item: item, Key: key } = input as Input;
    const place = service === 'dynamodb' && (item ?? key) ? keyOf(item ?? key) : '';
    if (!/failover|lease|^records/.test(place)) return run(input);
    if (operation === 'PutItem') kept.set(place, item as Input);
    else if (!kept.has(place)) return run(input);
    const Item = structuredClone(kept.get(place));
    return { $metadata: {}, ...(operation === 'GetItem' && { Item }) };
  };
}

/** Forgets which revision it deployed, and registers another one each time. */
function deploysAnew(): Tamper {
  let count = 0;
  const forgets = misread((body) => body.replaceAll(/,"taskDefinition":"[^"]*"/g, ''));
  const registers = change('ecs:RegisterTaskDefinition', (input) => {
    count += 1;
    return { ...input, cpu: String(256 + count) };
  });
  return (call, input, run) => forgets(call, input, (other) => registers(call, other, run));
}

/** Once an alarm was seen in ALARM it is for ever, as code would that believes old events. */
function alarmsNeverEnd(): Tamper {
  const seen = new Set<string>();
  const states = mishear('cloudwatch:DescribeAlarms', ({ MetricAlarms: alarms }) => {
    for (const alarm of alarms as { AlarmArn: string; StateValue: string }[]) {
      if (alarm.StateValue === 'ALARM') seen.add(alarm.AlarmArn);
      else if (seen.has(alarm.AlarmArn)) alarm.StateValue = 'ALARM';
    }
  });
  const values = mishear('cloudwatch:GetMetricData', ({ MetricDataResults: results }) => {
    for (const result of results as { Values: number[] }[]) {
      if (seen.size > 0) result.Values = result.Values.map(() => 1_000);
    }
  });
  return (call, input, run) => states(call, input, (other) => values(call, other, run));
}

/** A zone whose records are cleaned up while they are in use, when a region fails. */
function recordsAreCleanedUp({ built, fleet }: RehearsedCloud): void {
  const { faults } = built.cloud;
  const records = Object.values(fleet.applications).map(({ traffic }) => `${traffic?.record}.`);
  faults.onChange(() => {
    if (!faults.list().some(({ kind }) => kind === 'region-down')) return;
    for (const zone of built.models.route53.zones.values()) {
      const kept = [...zone.records].filter(([, { Name: name }]) => !records.includes(name));
      zone.published = publish(new Map(kept), zone.name);
    }
  });
}

/** A registry that loses a layer while the rest of its image is pushed. */
function layersAreLost({ built }: RehearsedCloud): void {
  built.cloud.calls.onEnd(({ service, operation, region }, input) => {
    const { repositoryName, imageTag, imageManifest } = input as Record<string, string | undefined>;
    if (`${service}:${operation}` !== 'ecr:PutImage' || imageTag !== undefined) return;
    const { layers = [] } = JSON.parse(imageManifest ?? '{}') as { layers?: { digest: string }[] };
    const repository = built.models.ecr.find(region, repositoryName ?? '');
    (repository?.blobs as Map<string, unknown> | undefined)?.delete(layers[0]?.digest ?? '');
  });
}

const textOf = (bytes: unknown): string =>
  bytes instanceof Uint8Array ? new TextDecoder().decode(bytes) : String(bytes);

const safety = { mode: 'safety' } as const;

export const mutations: readonly Mutation[] = [
  {
    breaks: 'epochs-rise',
    by: 'a move ends in an older epoch',
    ...safety,
    tamper: miswrite((item) =>
      item.includes('"S":"failover"') && item.includes('\\"phase\\":\\"steady\\"')
        ? item.replace(/epoch\\":[1-9]/, 'epoch\\":0')
        : item,
    ),
  },
  {
    breaks: 'no-stale-effect',
    by: 'the latch is written with an old epoch',
    ...safety,
    tamper: change('s3:PutObject', (input) => {
      const text = textOf(input['Body']);
      return { ...input, Body: text.replace(/epoch=[2-9]/, 'epoch=0') };
    }),
  },
  {
    breaks: 'one-writer',
    by: 'data is promoted under an epoch that nobody began',
    ...safety,
    tamper: change('lambda:Invoke', (input) => {
      const payload = textOf(input['Payload']).replace(/"epoch":(\d+)/, '"epoch":1$1');
      return { ...input, Payload: new TextEncoder().encode(payload) };
    }),
  },
  {
    breaks: 'never-nowhere',
    by: 'records in use are cleaned up',
    ...safety,
    sabotage: recordsAreCleanedUp,
  },
  {
    breaks: 'no-false-flip',
    by: 'what is unknown counts as down',
    ...safety,
    tamper: miswrite((item) =>
      item.includes('evidence#')
        ? item
            .replaceAll(/verdict\\":\\"unknown/g, 'verdict\\":\\"down')
            .replaceAll(
              /(us-east-1\\":\{\\"probe\\":\{\\"verdict\\":\\")up(.*?route53\\":\\")up/g,
              '$1down$2down',
            )
        : item,
    ),
  },
  {
    breaks: 'no-failback-by-itself',
    by: 'the latch is opened where it should be closed',
    ...safety,
    tamper: change('s3:PutObject', (input) => {
      return { ...input, Body: textOf(input['Body']).replace('LATCHED', 'OPEN') };
    }),
  },
  {
    breaks: 'a-hold-wins',
    by: 'nobody reads the hold',
    ...safety,
    tamper: misread((body) => body.replace('"hold":', '"held":')),
  },
  {
    breaks: 'flips-are-few',
    by: 'nobody reads the earlier flips and their cooldown',
    ...safety,
    tamper: misread((body) =>
      body
        .replace(/"cooldownUntilMs":\d+/, '"cooldownUntilMs":0')
        .replace(/"flips":\[.*?\]/, '"flips":[]'),
    ),
  },
  {
    breaks: 'gates-are-kept',
    by: 'every region is taken for a healthy one, but for the first',
    ...safety,
    tamper: misread((body) =>
      body.replace(/("us-west-2":\{"probe":\{"verdict":")(down|unknown)/, '$1up'),
    ),
  },
  {
    breaks: 'capacity-comes-first',
    by: 'no task is needed in the region that takes over',
    ...safety,
    tamper: misread((body) => body.replace(/("floors":\{"\w+":)\d+/, '$10')),
  },
  {
    breaks: 'data-is-ready-first',
    by: 'the alarm on the data is always OK',
    ...safety,
    tamper: mishear('cloudwatch:DescribeAlarms', ({ MetricAlarms: alarms }) => {
      for (const alarm of alarms as { AlarmName: string; StateValue: string }[]) {
        if (alarm.AlarmName.includes('replica-lag')) alarm.StateValue = 'OK';
      }
    }),
  },
  {
    breaks: 'fail-static',
    by: 'moves are kept in memory instead of the journal',
    ...safety,
    get tamper() {
      return movesInMemory();
    },
  },
  {
    breaks: 'drift-ends',
    by: 'the latch is never written a second time',
    ...safety,
    tamper: misread((body) => body.replace(/"isLatchPending":true/, '"isLatchPending":false')),
  },
  {
    breaks: 'old-events-do-nothing',
    by: 'an alarm that has ended goes on in memory',
    ...safety,
    get tamper() {
      return alarmsNeverEnd();
    },
  },
  {
    breaks: 'one-effect-each',
    by: 'nobody reads the cooldown of an alarm',
    ...safety,
    tamper: misread((body) => body.replaceAll(/"cooldownUntilMs":\d+/g, '"cooldownUntilMs":0')),
  },
  {
    breaks: 'one-deployment-each',
    by: 'nobody remembers what was deployed, and each attempt registers a revision',
    ...safety,
    get tamper() {
      return deploysAnew();
    },
  },
  {
    breaks: 'a-move-comes-first',
    by: 'a move is hidden from the other loops',
    ...safety,
    tamper: miswrite((item) =>
      item
        .replace('\\"phase\\":\\"moving\\"', '\\"phase\\":\\"steady\\"')
        .replace('\\"holder\\":\\"failover\\"', '\\"holder\\":\\"nobody\\"'),
    ),
  },
  {
    breaks: 'counts-stay-in-bounds',
    by: 'tasks are added without end',
    ...safety,
    tamper: change('ecs:UpdateService', (input) =>
      'desiredCount' in input ? { ...input, desiredCount: 99 } : input,
    ),
  },
  {
    breaks: 'tags-mean-whole-images',
    by: 'a registry loses a layer',
    ...safety,
    sabotage: layersAreLost,
  },
  {
    breaks: 'only-what-is-there',
    by: 'another digest is deployed than the one that was copied',
    ...safety,
    tamper: change('ecs:RegisterTaskDefinition', (input) => {
      const text = JSON.stringify(input).replace(/@sha256:[0-9a-f]{8}/, '@sha256:00000000');
      return JSON.parse(text) as object;
    }),
  },
  {
    breaks: 'records-stay',
    by: 'a record is written anew when its notice is sent',
    ...safety,
    tamper: miswrite((item) =>
      item.includes('sentAtMs')
        ? item.replace('\\"status\\":\\"done', '\\"status\\":\\"failed')
        : item,
    ),
  },
  {
    breaks: 'runs-end',
    by: 'a run never says that it is done',
    ...safety,
    tamper: swallow('dynamodb:PutItem', (item) => {
      return item.includes('"S":"standing#failover#traffic"') && !item.includes('\\"open\\"');
    }),
  },
  {
    breaks: 'notices-come-once',
    by: 'each notice is published twice',
    ...safety,
    tamper: async ({ operation }, input, run) => {
      if (operation === 'Publish') await run(input);
      return run(input);
    },
  },
  {
    breaks: 'moves-end',
    by: 'the end of a move is taken for written',
    ...safety,
    tamper: swallow('dynamodb:PutItem', (item) => {
      const isFailover = item.includes('"S":"failover"') && item.includes('movedAtMs');
      return isFailover && item.includes('\\"phase\\":\\"steady');
    }),
  },
  {
    breaks: 'rollouts-end',
    by: 'the end of a rollout is taken for written',
    ...safety,
    tamper: swallow('dynamodb:PutItem', (item) => {
      return item.includes('"S":"rollout"') && item.includes('endedAtMs');
    }),
  },
  {
    breaks: 'images-are-everywhere',
    by: 'tags are taken for put',
    ...safety,
    tamper: swallow('ecr:PutImage', (input) => input.includes('imageTag')),
  },
  {
    breaks: 'moves-are-recorded',
    by: 'the records of failover are not written',
    ...safety,
    tamper: swallow('dynamodb:PutItem', (item) => {
      return item.includes('"S":"records#') && item.includes('\\"loop\\":\\"failover\\"');
    }),
  },
  {
    breaks: 'notices-arrive',
    by: 'notices are taken for sent',
    ...safety,
    tamper: swallow('sns:Publish', () => true),
  },
  {
    breaks: 'a-region-serves',
    by: 'observers see nothing',
    mode: 'liveness',
    tamper: miswrite((item) =>
      item.includes('evidence#') ? item.replaceAll('\\"down\\"', '\\"up\\"') : item,
    ),
  },
  {
    breaks: 'images-move-on',
    by: 'no deadline ever passes',
    mode: 'liveness',
    tamper: misread((body) =>
      body.replaceAll(/"(movedAtMs|startedAtMs)":\d+/g, '"$1":9999999999999'),
    ),
  },
];
