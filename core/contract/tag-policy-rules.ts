import semver from 'semver';
import type { TagPolicy } from './fleet-image.ts';
import type { FleetProblem, ProblemPath } from './fleet-problem.ts';

/** Whether a tag policy can be understood; the path of its problems is that of the policy. */
export function checkTagPolicy(policy: TagPolicy, path: ProblemPath): FleetProblem[] {
  if ('semver' in policy) {
    if (semver.validRange(policy.semver) !== null) return [];
    const message = `"${policy.semver}" is not a range of semantic versions`;
    const remedy = 'write a range such as >=1.2.0 <2.0.0, ^1.4 or 1.x';
    return [{ path: [...path, 'semver'], message, remedy }];
  }
  if (!('regex' in policy)) return [];
  const broken = compileError(policy.regex);
  if (broken !== undefined) {
    const remedy = 'write a JavaScript regular expression; the whole tag must match it';
    return [{ path: [...path, 'regex'], message: broken, remedy }];
  }
  if (policy.order === 'newest' || captureGroups(policy.regex) > 0) return [];
  return [
    {
      path: [...path, 'regex'],
      message: `order ${policy.order} compares the first capture group, and there is none`,
      remedy: 'put brackets around the part that orders the tags, such as build-([0-9]+)',
    },
  ];
}

function compileError(regex: string): string | undefined {
  try {
    new RegExp(regex);
    return undefined;
  } catch (error) {
    return String(error);
  }
}

/** An empty alternative always matches, so the match shows how many groups there are. */
function captureGroups(regex: string): number {
  return (new RegExp(`${regex}|`).exec('')?.length ?? 1) - 1;
}
