import { expect } from '@jest/globals';

/** A reason as programs and people need it: a code, and a whole sentence. */
export const wellSaid = expect.objectContaining({
  code: expect.stringMatching(/^[A-Z][A-Z_]+$/),
  text: expect.stringMatching(/^\S.{10,}[.!?]$/s),
});
