import * as z from 'zod';
import { fleetSchema } from './fleet.ts';

/** The fleet file as JSON Schema, for editors; `docs/fleet.schema.json` is its committed copy. */
export function fleetJsonSchema(): object {
  return {
    ...z.toJSONSchema(fleetSchema, { io: 'input', unrepresentable: 'any' }),
    $id: 'urn:farshore:fleet:1',
    title: 'Farshore fleet',
  };
}
