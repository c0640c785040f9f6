/** Something planned for a moment of world time. */
export interface DueEvent {
  readonly atMs: number;
  /** Equal times go in this order. */
  readonly order: number;
  readonly name: string;
  readonly run: () => void | Promise<void>;
  /** A cancelled event stays until its turn comes, and is passed over then. */
  isCancelled: boolean;
}

/** Planned events, the earliest first: a binary heap, because a fleet plans ten a second. */
export class DueQueue {
  readonly #heap: DueEvent[] = [];

  add(event: DueEvent): void {
    const heap = this.#heap;
    let place = heap.length;
    heap.push(event);
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || isBefore(parent, event)) break;
      heap[place] = parent;
      place = above;
    }
    heap[place] = event;
  }

  first(): DueEvent | undefined {
    while (this.#heap[0]?.isCancelled === true) this.removeFirst();
    return this.#heap[0];
  }

  removeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#sink(last);
  }

  /** Lets an event fall from the top to where it belongs. */
  #sink(event: DueEvent): void {
    const heap = this.#heap;
    let place = 0;
    for (;;) {
      const child = this.#earlierChild(place);
      if (child === undefined || isBefore(event, child.event)) break;
      heap[place] = child.event;
      place = child.place;
    }
    heap[place] = event;
  }

  #earlierChild(place: number) {
    const left = place * 2 + 1;
    const [one, other] = [this.#heap[left], this.#heap[left + 1]];
    if (one === undefined) return undefined;
    return other !== undefined && isBefore(other, one)
      ? { event: other, place: left + 1 }
      : { event: one, place: left };
  }
}

function isBefore(one: DueEvent, other: DueEvent): boolean {
  return one.atMs === other.atMs ? one.order < other.order : one.atMs < other.atMs;
}
