import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { PipelineError } from '@alluvium/contracts';
import { documents } from '@alluvium/contracts/catalogue';
import { memoryObjects } from '@alluvium/testkit';
import { partsOf } from '../tools/contracts/close-schema.ts';
import { loadSchemas, type JsonSchema } from '../tools/contracts/load-schemas.ts';
import { loadServices } from './support/services.ts';

const example = (name: string, which: 'minimal' | 'full'): unknown =>
  JSON.parse(readFileSync(new URL(`../schemas/examples/${name}/${which}.json`, import.meta.url), 'utf8'));

const contentSchemas = (value: unknown): string[] => {
  if (typeof value !== 'object' || value === null) return [];
  const own = (value as { contentSchema?: string }).contentSchema;
  return [...(own === undefined ? [] : [own]), ...Object.values(value).flatMap(contentSchemas)];
};

const isPointer = ({ $ref }: JsonSchema): boolean => $ref?.endsWith('/pointer.v1.schema.json') === true;
const withPointers = loadSchemas().filter(
  ({ kind, schema }) => kind !== 'shared' && partsOf(schema).some(isPointer),
);

describe.each(withPointers)('pointers of $name', ({ name }) => {
  it('name schemas that exist', () => {
    const named = contentSchemas(example(name, 'full'));
    expect(named.length).toBeGreaterThan(0);
    for (const contentSchema of named) expect(Object.keys(documents)).toContain(contentSchema);
  });
});

describe('objects that services exchange', () => {
  const services = loadServices();

  it('have one writer each', () => {
    const writers = services.flatMap(({ contract }) => contract.writes);
    expect(writers.filter((name, index) => writers.indexOf(name) !== index)).toEqual([]);
  });

  it.each(['raw-record.v1', 'derived-document.v1', 'chunked-document.v1', 'reject.v1'] as const)(
    'come back as they were written, and their pointers tell size, sha256 and records: %s',
    async (name) => {
      const objects = memoryObjects();
      const contract = documents[name] as (typeof documents)['reject.v1'];
      const records = [example(name, 'minimal'), example(name, 'full')] as never[];
      const pointer = await objects.writeRecords(contract, 'some/key', records);
      expect(pointer).toMatchObject({
        contentSchema: name,
        records: 2,
        bytes: objects.stored.get('some/key')!.length,
      });
      expect(await objects.readRecords(contract, pointer)).toEqual(records);
    },
  );

  it('are refused when the bytes are not those of the pointer', async () => {
    const objects = memoryObjects();
    const pointer = await objects.writeBytes('delta.v1', 'some/key', Buffer.from('abc'));
    objects.stored.set('some/key', Buffer.from('abd'));
    await expect(objects.readBytes(pointer)).rejects.toThrow(PipelineError);
  });
});
