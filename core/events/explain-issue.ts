import type * as z from 'zod/mini';

/**
 * What is wrong and where, in words. `zod/mini` comes without messages so that bundles stay
 * small; these few are all that our schemas can raise.
 */
export function explainIssue(error: z.core.$ZodError): string {
  const issue = error.issues[0];
  if (issue === undefined) return 'not understood';
  const path = issue.path.length === 0 ? 'the top' : issue.path.join('.');
  return `at ${path}: ${expectation(issue)}`;
}

function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return `expected ${issue.expected}`;
  if (issue.code === 'invalid_value') return `expected ${issue.values.map(String).join(' or ')}`;
  if (issue.code === 'unrecognized_keys') return `unknown field ${issue.keys.join(', ')}`;
  if (issue.code === 'invalid_format') return `expected the form ${issue.pattern ?? issue.format}`;
  return issue.message === '' ? 'not understood' : issue.message;
}
