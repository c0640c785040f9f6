import { readText } from './read-text.ts';
import type { RegistryClient } from './registry-client.ts';
import { RegistryError } from './registry-error.ts';

/** ECR refuses to list more at once. */
const TAGS_PER_PAGE = 1_000;
const PAGES_MAX = 1_000;
const PAGE_BYTES_MAX = 4 * 1024 * 1024;

/** All tags of a repository, page after page. */
export async function listTags(
  client: RegistryClient,
  repository: string,
): Promise<readonly string[]> {
  const names: string[] = [];
  let url: string | URL = `${repository}/tags/list?n=${TAGS_PER_PAGE}`;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const what = `list the tags of ${repository}`;
    const answer = await client.call({ method: 'GET', url, repository, expect: [200], what });
    const body = await readText(client.http, answer, PAGE_BYTES_MAX);
    const { tags } = JSON.parse(body) as { readonly tags?: readonly string[] | null };
    names.push(...(tags ?? []));
    const next = /<([^>]+)>;\s*rel="?next"?/.exec(String(answer.headers['link'] ?? ''))?.[1];
    if (next === undefined) return names;
    url = client.locate(next, url);
  }
  throw new RegistryError('refused', `${repository}: more than ${PAGES_MAX} pages of tags`);
}
