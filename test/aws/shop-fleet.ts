import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { fleetSchema } from '../../core/contract/fleet.ts';

/** The example fleet, parsed as it would be at synth time. */
export const shopFleet = fleetSchema.parse(
  parse(readFileSync(new URL('../../examples/shop/fleet.yaml', import.meta.url), 'utf8')),
);
