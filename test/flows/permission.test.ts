import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { type FlowCloud, startFlow } from './flow-cloud.ts';

const REPOSITORY = 'shop/storefront';
const PATIENCE_MS = 240_000;

/** Changes the synthesized template of the home region, as a change in `lib` would. */
function inTemplate(change: (template: string) => string): (assembly: string) => void {
  return (assembly) => {
    const name = readdirSync(assembly).find((file) => /us-?east-?1.*template\.json$/i.test(file));
    const file = path.join(assembly, name ?? 'no template of us-east-1');
    const before = readFileSync(file, 'utf8');
    const after = change(before);
    expect(after).not.toBe(before);
    writeFileSync(file, after);
  };
}

async function withFlow(
  edit: (assembly: string) => void,
  run: (flow: FlowCloud) => Promise<void>,
): Promise<void> {
  const flow = await startFlow(edit);
  try {
    await run(flow);
  } finally {
    await flow.stop();
  }
}

test(
  'a permission that is missing in the template is refused, and nothing is half copied',
  () =>
    withFlow(
      inTemplate((template) => template.replaceAll('"ecr:PutImage"', '"ecr:DescribeImages"')),
      async (flow) => {
        const digest = await flow.push(REPOSITORY, '1.0.0');
        const refused = await flow.until('the refusal', () =>
          Promise.resolve(
            flow.cloud
              .calls({ service: 'ecr', region: 'us-west-2' })
              .find(({ operation, outcome }) => operation === 'PutImage' && outcome !== 'ok'),
          ),
        );
        expect(refused.outcome).toBe('AccessDeniedException');
        const standby = flow.target.ports.images.in('us-west-2');
        expect(await standby.manifest(REPOSITORY, '1.0.0')).toBeUndefined();
        expect(await standby.manifest(REPOSITORY, digest)).toBeUndefined();
      },
    ),
  PATIENCE_MS,
);
