import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { fleetReference } from '../../cli/fleet-reference.ts';
import { fleetJsonSchema } from '../../core/contract/fleet-json-schema.ts';

test('the committed schema and reference are those of the code: `npm run reference` writes them', () => {
  const schema = fleetJsonSchema();
  expect(JSON.parse(readFileSync('docs/fleet.schema.json', 'utf8'))).toEqual(schema);
  expect(readFileSync('docs/fleet.md', 'utf8')).toBe(fleetReference(schema));
});
