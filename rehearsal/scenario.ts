import * as z from 'zod';
import { duration } from '../core/contract/duration.ts';
import { expectationSchema } from './scenario-expectations.ts';
import { stepSchema } from './scenario-steps.ts';

const fleet = z
  .union([
    z.string().min(1),
    z.strictObject({
      file: z.string().min(1).describe('A fleet file.'),
      patch: z.record(z.string(), z.unknown()).describe('What is different; null removes a key.'),
    }),
  ])
  .describe('The fleet file, relative to this file; with a patch when something is different.');

/** A scenario file: what may go wrong, and what must hold then. */
export const scenarioSchema = z.strictObject({
  version: z.literal(1),
  proves: z.string().min(10).describe('What a run of this scenario proves, in one sentence.'),
  fleet,
  seed: z.int().min(0).default(1).describe('Decides all that chance decides.'),
  for: duration.describe('How long it plays.'),
  steps: z.array(stepSchema).default([]),
  expect: z.array(expectationSchema).min(1),
});

export type Scenario = z.output<typeof scenarioSchema>;

/** The scenario file as JSON Schema, for editors; `docs/scenario.schema.json` is its copy. */
export function scenarioJsonSchema(): object {
  return {
    ...z.toJSONSchema(scenarioSchema, { io: 'input', unrepresentable: 'any' }),
    $id: 'urn:farshore:scenario:1',
    title: 'Farshore scenario',
  };
}
