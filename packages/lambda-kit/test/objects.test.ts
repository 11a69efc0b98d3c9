import { describe, expect, it } from '@jest/globals';
import { rejectV1 } from '@alluvium/contracts';
import { s3Objects } from '@alluvium/lambda-kit';
import { memoryS3 } from '@alluvium/testkit';

const bucket = () => {
  const { client, stored } = memoryS3();
  return { stored, objects: s3Objects({ client, bucket: 'data' }) };
};

const records = [{ path: 'a.md', error: { code: 'EMPTY', message: 'a.md is empty' } }];

describe('objects', () => {
  it('come back through their pointer', async () => {
    const { objects } = bucket();
    const pointer = await objects.writeRecords(rejectV1, 'rejects/0', records);
    expect(pointer).toMatchObject({
      bucket: 'data',
      key: 'rejects/0',
      records: 1,
      contentSchema: 'reject.v1',
    });
    expect(await objects.readRecords(rejectV1, pointer)).toEqual(records);
  });

  it('are written once: the first one stays, and later writers get its pointer', async () => {
    const { objects } = bucket();
    const first = await objects.writeRecords(rejectV1, 'rejects/0', records);
    expect(await objects.writeRecords(rejectV1, 'rejects/0', [])).toEqual(first);
  });

  it('are refused when bytes, size or schema are not those of the pointer', async () => {
    const { objects, stored } = bucket();
    const pointer = await objects.writeRecords(rejectV1, 'rejects/0', records);
    const original = stored.get('rejects/0')!;
    stored.set('rejects/0', Buffer.concat([original, Buffer.from('x')]));
    await expect(objects.readBytes(pointer)).rejects.toMatchObject({ code: 'OBJECT_CORRUPT' });
    stored.set('rejects/0', Buffer.from(original).reverse());
    await expect(objects.readBytes(pointer)).rejects.toMatchObject({ code: 'OBJECT_CORRUPT' });
    const mislabelled = { ...pointer, contentSchema: 'chunk.v1' };
    await expect(objects.readRecords(rejectV1, mislabelled)).rejects.toMatchObject({
      code: 'POINTER_REFUSED',
    });
  });

  it('of another bucket are never read', async () => {
    const { objects } = bucket();
    const pointer = await objects.writeRecords(rejectV1, 'rejects/0', records);
    await expect(objects.readBytes({ ...pointer, bucket: 'other' })).rejects.toMatchObject({
      code: 'POINTER_REFUSED',
    });
  });

  it('that are not there are worth another try', async () => {
    const { objects } = bucket();
    const pointer = objects.pointTo('reject.v1', 'nowhere', Buffer.from('x'));
    await expect(objects.readBytes(pointer)).rejects.toMatchObject({
      code: 'OBJECT_MISSING',
      kind: 'unavailable',
    });
  });

  it('that do not fit their contract are not written', async () => {
    const { objects, stored } = bucket();
    await expect(objects.writeRecords(rejectV1, 'rejects/0', [{ path: 'a' }] as never)).rejects.toMatchObject(
      {
        code: 'DOCUMENT_INVALID',
      },
    );
    expect(stored.size).toBe(0);
  });
});
