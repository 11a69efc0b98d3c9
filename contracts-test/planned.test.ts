import { describe, expect, it } from '@jest/globals';
import { MAX_EVENT_BYTES } from '@alluvium/contracts';
import { events } from '@alluvium/contracts/catalogue';
import { bundleSchemas } from '../tools/compatibility/bundles.ts';
import { loadReleased } from '../tools/compatibility/releases.ts';
import { loadAllSchemas, loadPlannedSchemas } from '../tools/contracts/load-schemas.ts';
import { largestValue } from './support/largest-value.ts';
import { plannedEventSchemas } from './support/schema-tree.ts';
import { loadServices } from './support/services.ts';

const services = loadServices();
const planned = loadPlannedSchemas();
const named = services.flatMap(({ contract }) => [...contract.consumes, ...contract.emits]);

// A list that may be empty: by and by every event comes into use.
for (const { kind, name, schema } of planned)
  describe(`${name} is planned:`, () => {
    it('is an event that a service will emit', () => {
      expect(kind).toBe('events');
      expect(services.map((service) => service.name)).toContain(schema['x-owner']);
    });

    it('is named by no contract.json', () => {
      expect(named).not.toContain(name);
    });

    it('has no code and no release', () => {
      expect(Object.keys(events)).not.toContain(name);
      expect([...bundleSchemas().keys()]).not.toContain(name);
      expect(loadReleased().map((released) => released.name)).not.toContain(name);
    });
  });

it('the largest of each stays under the budget', () => {
  for (const { name, schema } of plannedEventSchemas) {
    const bytes = Buffer.byteLength(JSON.stringify(largestValue(schema)));
    expect([name, bytes < MAX_EVENT_BYTES]).toEqual([name, true]);
  }
});

it('knows no other status than planned', () => {
  const marks = loadAllSchemas().flatMap(({ schema }) => ('x-status' in schema ? [schema['x-status']] : []));
  expect(marks.filter((status) => status !== 'planned')).toEqual([]);
});
