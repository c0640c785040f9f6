import { readFileSync, writeFileSync } from 'node:fs';
import { format } from 'prettier';

// The second half of `npm run mutate`: what survived, into docs/testing.md.

interface Mutant {
  readonly status: string;
  readonly mutatorName: string;
  readonly replacement?: string;
  readonly location: { readonly start: { readonly line: number } };
}

interface Report {
  readonly files: Readonly<Record<string, { readonly mutants: readonly Mutant[] }>>;
}

const DOCUMENT = 'docs/testing.md';
const MARK = '<!-- Written by `npm run mutate`. -->';

const caught = new Set(['Killed', 'Timeout']);
const missed = new Set(['Survived', 'NoCoverage']);

const { files } = JSON.parse(readFileSync('.farshore/mutation.json', 'utf8')) as Report;
const rows = Object.entries(files)
  .map(([file, { mutants }]) => ({ file, ...counts(mutants), survivors: survivorsOf(mutants) }))
  .sort((one, other) => one.file.localeCompare(other.file));
const all = counts(Object.values(files).flatMap(({ mutants }) => mutants));

const [intro = ''] = readFileSync(DOCUMENT, 'utf8').split(MARK);
const text = `${intro}${MARK}\n\n${table()}\n`;
writeFileSync(DOCUMENT, await format(text, { parser: 'markdown' }));
process.stdout.write(`${percent(all)} of ${all.total} changes were noticed; see ${DOCUMENT}\n`);

interface Counts {
  readonly killed: number;
  readonly total: number;
}

function counts(mutants: readonly Mutant[]): Counts {
  const killed = mutants.filter(({ status }) => caught.has(status)).length;
  return { killed, total: killed + mutants.filter(({ status }) => missed.has(status)).length };
}

function survivorsOf(mutants: readonly Mutant[]): string {
  const lines = mutants
    .filter(({ status }) => missed.has(status))
    .map(({ location }) => location.start.line);
  return [...new Set(lines)].sort((one, other) => one - other).join(', ');
}

function percent({ killed, total }: Counts): string {
  return `${total === 0 ? 100 : Math.floor((100 * killed) / total)} %`;
}

function table(): string {
  return [
    '| file | changes | noticed | lines of the others |',
    '| --- | --- | --- | --- |',
    ...rows.map((row) => `| \`${row.file}\` | ${row.total} | ${percent(row)} | ${row.survivors} |`),
    `| all | ${all.total} | ${percent(all)} | |`,
  ].join('\n');
}
