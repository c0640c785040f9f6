import { expect } from '@jest/globals';

/** A reason as people and programs need it: a code, and a sentence that begins and ends as one. */
export const wellSaid = expect.objectContaining({
  code: expect.stringMatching(/^[A-Z][A-Z_]+$/),
  text: expect.stringMatching(/^[^a-z ].{10,}[.!?]$/s),
});
