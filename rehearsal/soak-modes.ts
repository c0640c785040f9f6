/** In both the invariants always hold; `safety` ends at rest, `liveness` with a region gone. */
export const soakModes = ['safety', 'liveness'] as const;
export type SoakMode = (typeof soakModes)[number];

/** The mode that a seed means when none is named. */
export function modeOf(seed: number): SoakMode {
  return seed % 3 === 0 ? 'liveness' : 'safety';
}
