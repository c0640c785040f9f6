import type { Notice } from '../decision.ts';

/** SNS takes at most this many characters as a subject. */
const SUBJECT_LENGTH_MAX = 100;

/** A subject as SNS takes it: ASCII, one line, at most 100 characters. */
function clipSubject(subject: string): string {
  const ascii = subject.replace(/[^\x20-\x7e]+/g, ' ').trim();
  if (ascii.length <= SUBJECT_LENGTH_MAX) return ascii;
  return `${ascii.slice(0, SUBJECT_LENGTH_MAX - 3).trimEnd()}...`;
}

/** What an on-call needs, in the order they need it; parts without lines are left out. */
export interface NoticeParts {
  readonly kind: string;
  readonly severity: Notice['severity'];
  readonly subject: string;
  readonly happened: string;
  readonly done?: readonly string[];
  readonly verify?: readonly string[];
  readonly undo?: readonly string[];
}

/** A notice whose text says what happened, what was done, and how to verify and undo it. */
export function composeNotice({ kind, severity, subject, ...parts }: NoticeParts): Notice {
  const sections = [
    [parts.happened],
    section('What was done', parts.done),
    section('How to verify', parts.verify),
    section('What you can do', parts.undo),
  ];
  const text = sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
  return { kind, severity, subject: clipSubject(subject), text };
}

function section(title: string, lines: readonly string[] = []): readonly string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  ${line}`)];
}

/** A moment as people and logs write it, to the second: `2026-11-20 06:48:12 UTC`. */
export function formatMoment(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
