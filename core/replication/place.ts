import type { ImageRegistry } from '../ports.ts';

/** A repository in one registry, with a name for people: a region, or an address. */
export interface Place {
  readonly name: string;
  readonly registry: ImageRegistry;
  readonly repository: string;
}

/** Where an image goes; without a tag it is found there by digest only. */
export interface CopyTarget extends Place {
  readonly tag?: string;
  /** The digest that the tag named there a moment ago: a hint at what to ask for first. */
  readonly seen?: string;
}
