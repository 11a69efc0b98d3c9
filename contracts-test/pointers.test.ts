import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import type { AppliedPartsV1, RejectV1 } from '@alluvium/contracts';
import { documents } from '@alluvium/contracts/catalogue';
import { s3Objects } from '@alluvium/lambda-kit';
import { memoryObjects, memoryS3, type MemoryObjects } from '@alluvium/testkit';
import { partsOf } from '../tools/contracts/close-schema.ts';
import { loadAllSchemas, type JsonSchema } from '../tools/contracts/load-schemas.ts';
import { loadServices } from './support/services.ts';

const example = (name: string, which: 'minimal' | 'full'): unknown =>
  JSON.parse(readFileSync(new URL(`../schemas/examples/${name}/${which}.json`, import.meta.url), 'utf8'));

const contentSchemas = (value: unknown): string[] => {
  if (typeof value !== 'object' || value === null) return [];
  const own = (value as { contentSchema?: string }).contentSchema;
  return [...(own === undefined ? [] : [own]), ...Object.values(value).flatMap(contentSchemas)];
};

const isPointer = ({ $ref }: JsonSchema): boolean => $ref?.endsWith('/pointer.v1.schema.json') === true;
const withPointers = loadAllSchemas().filter(
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

  it('are read by those who do not know all of their fields', async () => {
    const objects = open();
    const known = example('applied-parts.v1', 'full') as AppliedPartsV1;
    const line = example('reject.v1', 'full') as RejectV1;
    const tomorrow = { aFieldOfTomorrow: { nested: [1, 'two'] } };
    const document = Buffer.from(JSON.stringify({ ...known, ...tomorrow }));
    const lines = gzipSync(JSON.stringify({ ...line, ...tomorrow }));
    const pointers = [
      await objects.writeBytes('applied-parts.v1', 'a document', document),
      await objects.writeBytes('reject.v1', 'some lines', lines),
    ] as const;
    expect(await objects.readDocument(documents['applied-parts.v1'], pointers[0])).toEqual(known);
    expect(await objects.readRecords(documents['reject.v1'], pointers[1])).toEqual([line]);
  });

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
