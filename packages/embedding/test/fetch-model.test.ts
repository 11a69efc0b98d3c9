import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { fetchModel, type ByteSource } from '../src/index.ts';
import { builtInManifest, describe as describeBytes, inTemporaryFolder } from './support/model.ts';

const encode = (text: string) => new TextEncoder().encode(text);

async function* inPieces(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** An object store of one small model, which counts what is read of it. */
const storeOf = async (model = encode('graph '.repeat(1000))) => {
  const tokenizer = encode('{"model":{}}');
  const files = { 'model.onnx': describeBytes(model), 'tokenizer.json': describeBytes(tokenizer) };
  const manifest = encode(JSON.stringify({ ...(await builtInManifest()), files }));
  const objects = new Map<string, Uint8Array>([
    ['models/m/manifest.json', manifest],
    ['models/m/model.onnx', model],
    ['models/m/tokenizer.json', tokenizer],
  ]);
  const reads: string[] = [];
  const read = async (key: string): Promise<ByteSource> => {
    reads.push(key);
    const bytes = objects.get(key);
    if (bytes === undefined) throw new Error(`no object ${key}`);
    return key.endsWith('.onnx') ? inPieces(bytes, 1000) : bytes;
  };
  return { objects, reads, read, model };
};

const PREFIX = 'models/m/';

describe('fetchModel', () => {
  it('brings every file and the manifest to one directory', async () => {
    await inTemporaryFolder(async (tmpDirectory) => {
      const store = await storeOf();
      const directory = await fetchModel({ read: store.read, prefix: PREFIX, tmpDirectory });
      expect((await readdir(directory)).sort()).toEqual(['manifest.json', 'model.onnx', 'tokenizer.json']);
      expect(new Uint8Array(await readFile(join(directory, 'model.onnx')))).toEqual(store.model);
      expect((await readdir(tmpDirectory)).filter((name) => name.endsWith('.part'))).toEqual([]);
    });
  });

  it('fetches only the manifest when the files are there already', async () => {
    await inTemporaryFolder(async (tmpDirectory) => {
      const store = await storeOf();
      const first = await fetchModel({ read: store.read, prefix: PREFIX, tmpDirectory });
      store.reads.length = 0;
      expect(await fetchModel({ read: store.read, prefix: PREFIX, tmpDirectory })).toBe(first);
      expect(store.reads).toEqual(['models/m/manifest.json']);
    });
  });

  it('fetches again a file that was damaged on the disk', async () => {
    await inTemporaryFolder(async (tmpDirectory) => {
      const store = await storeOf();
      const directory = await fetchModel({ read: store.read, prefix: PREFIX, tmpDirectory });
      await writeFile(join(directory, 'model.onnx'), 'damaged');
      store.reads.length = 0;
      await fetchModel({ read: store.read, prefix: PREFIX, tmpDirectory });
      expect(store.reads).toEqual(['models/m/manifest.json', 'models/m/model.onnx']);
      expect(new Uint8Array(await readFile(join(directory, 'model.onnx')))).toEqual(store.model);
    });
  });

  it('shares one download among calls at the same time', async () => {
    await inTemporaryFolder(async (tmpDirectory) => {
      const store = await storeOf();
      const options = { read: store.read, prefix: PREFIX, tmpDirectory };
      const directories = await Promise.all([fetchModel(options), fetchModel(options), fetchModel(options)]);
      expect(new Set(directories).size).toBe(1);
      expect(store.reads).toHaveLength(3);
    });
  });

  it('keeps a model replaced under the same id apart from its predecessor', async () => {
    await inTemporaryFolder(async (tmpDirectory) => {
      const [older, newer] = [await storeOf(), await storeOf(encode('another graph'))];
      const first = await fetchModel({ read: older.read, prefix: PREFIX, tmpDirectory });
      const second = await fetchModel({ read: newer.read, prefix: PREFIX, tmpDirectory });
      expect(second).not.toBe(first);
      expect(new Uint8Array(await readFile(join(first, 'model.onnx')))).toEqual(older.model);
    });
  });

  it.each<[string, (model: Uint8Array) => Uint8Array]>([
    ['truncated', (model) => model.subarray(0, 4000)],
    ['of the right length but altered', (model) => model.map((byte, i) => (i === 77 ? byte ^ 1 : byte))],
    ['longer than announced', (model) => Buffer.concat([model, model])],
  ])('leaves nothing behind of a file that arrives %s', async (_name, spoil) => {
    await inTemporaryFolder(async (tmpDirectory) => {
      const store = await storeOf();
      store.objects.set('models/m/model.onnx', spoil(store.model));
      const options = { read: store.read, prefix: PREFIX, tmpDirectory };
      await expect(fetchModel(options)).rejects.toMatchObject({ code: 'MODEL_CORRUPT' });
      const left = await readdir(tmpDirectory, { recursive: true });
      expect(left.filter((name) => name.endsWith('.part') || name.endsWith('.onnx'))).toEqual([]);
      store.objects.set('models/m/model.onnx', store.model);
      await expect(fetchModel(options)).resolves.toContain('alluvium-384-');
    });
  });

  it('passes on what the store throws', async () => {
    await inTemporaryFolder(async (tmpDirectory) => {
      const store = await storeOf();
      store.objects.delete('models/m/tokenizer.json');
      const fetching = fetchModel({ read: store.read, prefix: PREFIX, tmpDirectory });
      await expect(fetching).rejects.toThrow('no object models/m/tokenizer.json');
    });
  });
});
