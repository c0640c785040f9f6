import type { UploadPage } from '../ports.ts';

/** Which upload a page is about. */
interface UploadOf {
  /** The target's name: a region, or an address. */
  readonly target: string;
  readonly repository: string;
  readonly digest: string;
}

/** Begun uploads of a copy, a page for each; it outlives whoever copies. */
export type UploadBook = (of: UploadOf) => UploadPage;

/** For a copy that nobody goes on with. */
export const noUploadPage: UploadPage = {
  read: () => Promise.resolve(undefined),
  write: () => Promise.resolve(),
  forget: () => Promise.resolve(),
};
