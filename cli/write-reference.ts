import { writeFileSync } from 'node:fs';
import { fleetJsonSchema } from '../core/contract/fleet-json-schema.ts';
import { scenarioJsonSchema } from '../rehearsal/scenario.ts';
import { fleetReference } from './fleet-reference.ts';

// `npm run reference` writes what a test holds against the schema.
const schema = fleetJsonSchema();
writeFileSync('docs/fleet.schema.json', `${JSON.stringify(schema, null, 2)}\n`);
writeFileSync('docs/fleet.md', fleetReference(schema));
writeFileSync('docs/scenario.schema.json', `${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`);
