import type { Performance } from './play-scenario.ts';
import { clock } from './print-performance.ts';

/** One scenario on the page. */
export interface ReportPage {
  readonly title: string;
  readonly proves: string;
  readonly regions: readonly string[];
  readonly performance: Performance;
}

/** One file without any network: what happened, with a lane for each region. */
export function htmlReport(pages: readonly ReportPage[]): string {
  const body = pages.map(section).join('\n');
  return (
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">' +
    '<meta name="viewport" content="width=device-width, initial-scale=1">' +
    `<title>Farshore rehearsal</title><style>${style}</style></head>\n<body>` +
    `<h1>Farshore rehearsal</h1>\n${body}\n</body></html>\n`
  );
}

function section({ title, proves, regions, performance }: ReportPage): string {
  const lanes = ['world', ...regions];
  const heads = lanes.map((lane) => `<th scope="col">${escaped(lane)}</th>`).join('');
  const rows = performance.timeline.map(({ atMs, lane, kind, text }) => {
    const cells = lanes.map((name) =>
      name === lane ? `<td class="${kind}">${escaped(text)}</td>` : '<td></td>',
    );
    return `<tr><th scope="row">${clock(atMs)}</th>${cells.join('')}</tr>`;
  });
  const verdicts = performance.verdicts.map(({ isMet, text, seen }) => {
    const saw = isMet ? '' : `: seen ${seen}`;
    return `<li class="${isMet ? 'holds' : 'broken'}">${escaped(`${text}${saw}`)}</li>`;
  });
  return (
    `<section><h2>${escaped(title)}</h2><p>${escaped(proves)} Seed ${performance.seed}.</p>` +
    `<ul>${verdicts.join('')}</ul>` +
    `<table><thead><tr><th scope="col">time</th>${heads}</tr></thead>` +
    `<tbody>\n${rows.join('\n')}\n</tbody></table></section>`
  );
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

const style = [
  'body{font:14px/1.4 system-ui,sans-serif;margin:2rem;color:#1a1a1a;background:#fff}',
  'table{border-collapse:collapse;width:100%;table-layout:fixed}',
  'th,td{border:1px solid #ddd;padding:.25rem .5rem;text-align:left;vertical-align:top}',
  'td{overflow-wrap:anywhere}th[scope=row]{width:5rem;font-variant-numeric:tabular-nums}',
  'thead th:first-child{width:5rem}',
  '.step{background:#fff3cd}.effect{background:#d7ecff}.traffic{background:#d9f2d9}',
  '.notice{background:#f3e1f7}.broken{color:#b00020;font-weight:bold}',
  '.holds::before{content:"holds: "}.broken::before{content:"BROKEN: "}',
].join('');
