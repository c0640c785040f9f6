import { writeFileSync } from 'node:fs';
import { fleetJsonSchema } from '../core/contract/fleet-json-schema.ts';
import { fleetReference } from './fleet-reference.ts';

// `npm run reference` writes what a test holds against the schema.
const schema = fleetJsonSchema();
writeFileSync('docs/fleet.schema.json', `${JSON.stringify(schema, null, 2)}\n`);
writeFileSync('docs/fleet.md', fleetReference(schema));
