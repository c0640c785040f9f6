import type { Notice, Outcome } from '../decision.ts';
import { composeNotice } from '../notification/notice-text.ts';
import type { NativeRule } from '../native-replication.ts';
import type { RulesChange, RulesDecision } from './decide-native-rules.ts';

/** Tells people of each change to a setting of the whole registry, and of one that is refused. */
export function describeNativeRules(decision: RulesDecision, outcome: Outcome): Notice | undefined {
  if (decision.action === 'write-rules') {
    return outcome.status === 'done' ? changed(decision, outcome) : undefined;
  }
  const { region, app, reason } = decision;
  if (reason.code === 'RULES_DO_NOT_FIT') {
    return composeNotice({
      kind: 'replication-rules-refused',
      severity: 'action-required',
      subject: `Farshore: no room for replication rules in ${region}`,
      happened: reason.text,
      done: ['Nothing in the registry was changed; images travel by copies meanwhile.'],
      verify: [`farshore explain ${app}`, `aws ecr describe-registry --region ${region}`],
      undo: ['Remove rules that nobody needs, or set engine: copy in the fleet file.'],
    });
  }
  if (reason.code !== 'RULES_LEFT_BEHIND') return undefined;
  return composeNotice({
    kind: 'replication-rules-left',
    severity: 'action-required',
    subject: 'Farshore: replication rules of ECR are left behind',
    happened: `${reason.text} ECR goes on replicating by them, and no application asks for it.`,
    done: ['Nothing: where all applications are copied, Farshore may not change the registry.'],
    verify: ['aws ecr describe-registry --region REGION'],
    undo: [
      'Deploy once with engine: auto for an application with that home: Farshore then removes its',
      'rules, and no others.',
    ],
  });
}

function changed({ region, app, ours, reason }: RulesChange, { text }: Outcome): Notice {
  return composeNotice({
    kind: 'replication-rules-changed',
    severity: 'info',
    subject: `Farshore: replication rules of the registry in ${region} changed`,
    happened: reason.text,
    done: [text, ...ours.map(said)],
    verify: [`aws ecr describe-registry --region ${region}`, `farshore explain ${app}`],
    undo: ['Set engine: copy in the fleet file and deploy.'],
  });
}

function said({ destinations, filters }: NativeRule): string {
  const names = (filters ?? []).map(({ filter }) => filter).join(', ');
  return `${names} to ${destinations.map(({ region }) => region).join(', ')}`;
}
