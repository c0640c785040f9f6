import { describe, expect, test } from '@jest/globals';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Principal } from '../../../../sandbox/service-model.ts';
import { embed } from '../../../../sandbox/embed.ts';
import { StsModel } from '../../../../sandbox/services/sts/sts-model.ts';
import { emptyCloud } from '../../fake-services.ts';

const region = 'eu-west-1';

async function identityOf(principal: Principal): Promise<string | undefined> {
  const cloud = emptyCloud();
  cloud.register(new StsModel().service);
  const client = new STSClient({ region });
  client.middlewareStack.use(embed(cloud, { principal, region }));
  return (await client.send(new GetCallerIdentityCommand({}))).Arn;
}

describe('StsModel', () => {
  test('names the person', async () => {
    expect(await identityOf({})).toBe('arn:aws:iam::123456789012:user/local');
  });

  test('names a role, although no policy allows the question', async () => {
    const roleArn = 'arn:aws:iam::123456789012:role/farshore/sweep';
    expect(await identityOf({ roleArn })).toBe(
      'arn:aws:sts::123456789012:assumed-role/sweep/local',
    );
  });
});
