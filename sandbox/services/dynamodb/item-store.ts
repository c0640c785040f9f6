import { createHash } from 'node:crypto';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { canonical, compare, type Item } from './attribute-value.ts';

/** Names of a table's key attributes. */
export interface KeyNames {
  readonly partition: string;
  readonly sort: string | undefined;
}

/** The items of a table: partitions by key, the items of each in order of the sort key. */
export class ItemStore {
  readonly keys: KeyNames;
  readonly #partitions = new Map<string, Item[]>();

  constructor(keys: KeyNames) {
    this.keys = keys;
  }

  get(key: Item): Item | undefined {
    const items = this.#of(key);
    const place = this.#place(items, key);
    return place.isFound ? items[place.index] : undefined;
  }

  put(item: Item): void {
    const id = this.#partitionId(item);
    const items = this.#partitions.get(id) ?? [];
    const place = this.#place(items, item);
    items.splice(place.index, place.isFound ? 1 : 0, item);
    this.#partitions.set(id, items);
  }

  delete(key: Item): void {
    const items = this.#of(key);
    const place = this.#place(items, key);
    if (!place.isFound) return;
    items.splice(place.index, 1);
    if (items.length === 0) this.#partitions.delete(this.#partitionId(key));
  }

  /** The items of one partition in order of the sort key. */
  partition(value: AttributeValue): readonly Item[] {
    return this.#partitions.get(canonical(value)) ?? [];
  }

  /** All items, partitions in the order of a hash of their key as a scan gives them. */
  all(): readonly Item[] {
    return [...this.#partitions.entries()]
      .map(([id, items]) => ({ hash: hashOf(id), items }))
      .sort((left, right) => (left.hash < right.hash ? -1 : 1))
      .flatMap(({ items }) => items);
  }

  get count(): number {
    return [...this.#partitions.values()].reduce((sum, items) => sum + items.length, 0);
  }

  /** The key attributes of an item. */
  keyOf(item: Item): Item {
    const names = [this.keys.partition, ...(this.keys.sort === undefined ? [] : [this.keys.sort])];
    return Object.fromEntries(names.flatMap((name) => (item[name] ? [[name, item[name]]] : [])));
  }

  /** Order of items in scans, for resuming after a key that may be gone. */
  compareScanned(left: Item, right: Item): number {
    const [a, b] = [hashOf(this.#partitionId(left)), hashOf(this.#partitionId(right))];
    if (a !== b) return a < b ? -1 : 1;
    return this.compareSorted(left, right);
  }

  /** Order of items within a partition. */
  compareSorted(left: Item, right: Item): number {
    const { sort } = this.keys;
    const [a, b] = sort === undefined ? [] : [left[sort], right[sort]];
    return a === undefined || b === undefined ? 0 : (compare(a, b) ?? 0);
  }

  #of(key: Item): Item[] {
    return this.#partitions.get(this.#partitionId(key)) ?? [];
  }

  #partitionId(item: Item): string {
    const value = item[this.keys.partition];
    return value === undefined ? '' : canonical(value);
  }

  #place(items: readonly Item[], key: Item): { readonly index: number; readonly isFound: boolean } {
    let low = 0;
    let high = items.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const order = this.compareSorted(items[middle] ?? {}, key);
      if (order === 0) return { index: middle, isFound: true };
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return { index: low, isFound: false };
  }
}

function hashOf(id: string): string {
  return createHash('md5').update(id).digest('hex');
}
