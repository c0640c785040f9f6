import type {
  GetCallerIdentityCommandInput,
  GetCallerIdentityCommandOutput,
} from '@aws-sdk/client-sts';
import type { Operation } from '../../service-model.ts';

type Output = Omit<GetCallerIdentityCommandOutput, '$metadata'>;

/** Who the access key stands for: a function's role, or the person at the keyboard. */
export function getCallerIdentity(): Operation<GetCallerIdentityCommandInput, Output> {
  return {
    resources: () => ['*'],
    // AWS answers this one to everybody: no policy can deny it.
    isOpen: true,
    handle: (_input, { accountId, principal }) => {
      const role = principal.roleArn?.split('/').at(-1);
      if (role === undefined) {
        return {
          Account: accountId,
          Arn: `arn:aws:iam::${accountId}:user/local`,
          UserId: 'AIDALOCALUSER0000000',
        };
      }
      return {
        Account: accountId,
        Arn: `arn:aws:sts::${accountId}:assumed-role/${role}/local`,
        UserId: 'AROALOCALROLE0000000:local',
      };
    },
  };
}
