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

describe.each(planned)('$name is planned:', ({ kind, name, schema }) => {
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

it.each(plannedEventSchemas)('the largest $name stays under the budget', ({ schema }) => {
  expect(Buffer.byteLength(JSON.stringify(largestValue(schema)))).toBeLessThan(MAX_EVENT_BYTES);
});

it('knows no other status than planned', () => {
  const marks = loadAllSchemas().flatMap(({ schema }) => ('x-status' in schema ? [schema['x-status']] : []));
  expect(marks.filter((status) => status !== 'planned')).toEqual([]);
});
