import type { FunctionSpec } from '../../lambda-runtime/function-runtime.ts';

/** A function of the user's own, played by the local cloud. */
export type SeededHandler = (payload: unknown) => unknown;

/** A function in one region: what it is and what it may. */
export interface DeployedFunction {
  readonly spec: FunctionSpec;
  readonly description: string;
  readonly modifiedAtMs: number;
  /** Set for a seeded function, which has no code of its own. */
  readonly seeded: SeededHandler | undefined;
  /** Statements of its resource policy, by id. */
  readonly permissions: Map<string, object>;
  reservedConcurrency: number | undefined;
  running: number;
}
