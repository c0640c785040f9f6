import { existsSync } from 'node:fs';
import path from 'node:path';

/** A copier that Farshore is held against; it copies one image to one target. */
export interface Peer {
  readonly name: string;
  readonly copy: (from: string, to: string) => readonly string[];
  readonly version: readonly string[];
}

const host = (image: string) => image.slice(0, image.indexOf('/'));

const known: readonly Peer[] = [
  {
    name: 'skopeo',
    copy: (from, to) => [
      ...['skopeo', 'copy', '--quiet', '--all', '--preserve-digests', '--retry-times', '5'],
      ...[
        '--src-tls-verify=false',
        '--dest-tls-verify=false',
        `docker://${from}`,
        `docker://${to}`,
      ],
    ],
    version: ['skopeo', '--version'],
  },
  {
    name: 'crane',
    copy: (from, to) => ['crane', 'copy', '--insecure', from, to],
    version: ['crane', 'version'],
  },
  {
    name: 'regctl',
    copy: (from, to) => [
      'regctl',
      ...[from, to].flatMap((image) => ['--host', `reg=${host(image)},tls=disabled`]),
      ...['image', 'copy', from, to],
    ],
    version: ['regctl', 'version', '--format', 'regctl {{.VCSTag}}'],
  },
];

/** Those that are on the PATH, so that a table has a row for each. */
export function peersHere(): readonly Peer[] {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  return known.filter(({ name }) => folders.some((each) => existsSync(path.join(each, name))));
}
