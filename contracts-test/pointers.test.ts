import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { documents } from '@alluvium/contracts/catalogue';
import { s3Objects } from '@alluvium/lambda-kit';
import { memoryObjects, memoryS3, type MemoryObjects } from '@alluvium/testkit';
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
});

const overS3 = (): MemoryObjects => {
  const { client, stored } = memoryS3();
  return { ...s3Objects({ client, bucket: 'test-data' }), stored };
};

describe.each([
  ['in S3', overS3],
  ['in memory', () => memoryObjects()],
])('objects %s', (_, open) => {
  it.each(['raw-record.v1', 'derived-document.v1', 'chunked-document.v1', 'reject.v1'] as const)(
    'come back as they were written, and their pointers tell size, sha256, records and content: %s',
    async (name) => {
      const objects = open();
      const contract = documents[name] as (typeof documents)['reject.v1'];
      const records = [example(name, 'minimal'), example(name, 'full')] as never[];
      const pointer = await objects.writeRecords(contract, 'some/key', records);
      const bytes = objects.stored.get('some/key')!;
      expect(pointer).toEqual({
        bucket: 'test-data',
        key: 'some/key',
        sha256: createHash('sha256').update(bytes).digest('hex'),
        bytes: bytes.length,
        records: 2,
        contentSchema: name,
      });
      expect(await objects.readRecords(contract, pointer)).toEqual(records);
    },
  );

  it('are never written anew under a pointer that was given away', async () => {
    const objects = open();
    const first = await objects.writeBytes('delta.v1', 'some/key', Buffer.from('abc'));
    expect(await objects.writeBytes('delta.v1', 'some/key', Buffer.from('abd'))).toEqual(first);
    expect(Buffer.from(await objects.readBytes(first)).toString()).toBe('abc');
  });

  it('are refused when the bytes are not those of the pointer', async () => {
    const objects = open();
    const pointer = await objects.writeBytes('delta.v1', 'some/key', Buffer.from('abc'));
    objects.stored.set('some/key', Buffer.from('abd'));
    await expect(objects.readBytes(pointer)).rejects.toMatchObject({ code: 'OBJECT_CORRUPT' });
  });

  it('are refused when they are of another schema than the reader expects', async () => {
    const objects = open();
    const pointer = await objects.writeRecords(documents['reject.v1'], 'some/key', []);
    await expect(objects.readRecords(documents['raw-record.v1'], pointer)).rejects.toMatchObject({
      code: 'POINTER_REFUSED',
    });
  });
});
