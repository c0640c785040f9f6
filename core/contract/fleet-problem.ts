/** One thing wrong in a fleet file: where, what, and what to do. */
export interface FleetProblem {
  /** Keys and indexes from the root of the file to the place. */
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly remedy: string;
}

export type ProblemPath = FleetProblem['path'];
