import type { Notice, Outcome } from '../decision.ts';
import { composeNotice } from '../notification/notice-text.ts';
import type { ScalingDecision } from './decide-scaling.ts';

/** What people are told of scaling: what stands in its way, and changes for their information. */
export function describeScaling(decision: ScalingDecision, outcome: Outcome): Notice | undefined {
  if (outcome.status === 'superseded') return undefined;
  const { app, service, region, from, to, reason } = decision;
  const where = `${app}/${service} in ${region}`;
  const limits = `applications.${app}.services.${service}`;
  if (decision.action === 'scale' && from !== undefined && to !== undefined) {
    return composeNotice({
      kind: to > from ? 'scaled-out' : 'scaled-in',
      severity: 'info',
      subject: `${where}: ${from} to ${to} tasks`,
      happened: reason.text,
      verify: [`farshore explain ${app}`],
    });
  }
  if (reason.code === 'AT_MAX') {
    return composeNotice({
      kind: 'scaling-at-max',
      severity: 'action-required',
      subject: `${where} is at its maximum and its alarm still fires`,
      happened: reason.text,
      undo: [`Raise max under ${limits} in the fleet file and deploy.`],
    });
  }
  if (reason.code === 'UNFULFILLED') {
    return composeNotice({
      kind: 'scaling-unfulfilled',
      severity: 'action-required',
      subject: `${where} cannot place the tasks it wants`,
      happened: reason.text,
      undo: ['Check quotas and capacity of the region; scaling goes on once all tasks run.'],
    });
  }
  if (reason.code === 'NOT_SCALABLE') {
    return composeNotice({
      kind: 'scaling-impossible',
      severity: 'action-required',
      subject: `${where} cannot be scaled`,
      happened: reason.text,
      undo: [`Check cluster and service under ${limits} in the fleet file.`],
    });
  }
  return undefined;
}
