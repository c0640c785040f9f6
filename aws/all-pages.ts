/** As many pages of 1,000 as an ECR repository at its quota of 100,000 images has. */
const PAGES_MAX = 100;

interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | undefined;
}

/** Asks for page after page until there is no next one. */
export async function allPages<Item>(
  page: (nextToken: string | undefined) => Promise<Page<Item>>,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  let token: string | undefined;
  for (let count = 0; count < PAGES_MAX; count += 1) {
    const answer = await page(token);
    items.push(...answer.items);
    token = answer.next;
    if (token === undefined) return items;
  }
  throw new Error(`AWS gave more than ${PAGES_MAX} pages, more than its quotas allow there to be`);
}
