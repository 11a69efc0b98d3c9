import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loadEmbedder, type Embedder, type ModelManifest } from '../src/index.ts';
import {
  builtIn,
  builtInManifest,
  copyModel,
  describe as describeBytes,
  inTemporaryFolder,
} from './support/model.ts';

const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, d) => sum + x * b[d]!, 0);

describe('the built-in model', () => {
  let embedder: Embedder;
  beforeAll(async () => {
    embedder = await loadEmbedder({ directory: builtIn });
  });
  afterAll(() => embedder.close());

  it('names itself by id and hash', () => {
    expect(embedder.stamp).toBe('alluvium-384@f524f08d0783');
    expect(embedder.dims).toBe(384);
  });

  it('returns one unit vector a text, in the order given', async () => {
    const texts = ['short', 'a rather longer text about rivers and their sediment', '', 'last one'];
    const vectors = await embedder.embedPassages(texts);
    expect(vectors).toHaveLength(4);
    for (const [index, text] of texts.entries()) {
      const vector = vectors[index]!;
      expect(vector).toHaveLength(384);
      expect(Math.sqrt(dot(vector, vector))).toBeCloseTo(1, 5);
      expect(await embedder.embedQuery(text)).toEqual(vector);
    }
  });

  it('returns nothing for no texts', async () => {
    expect(await embedder.embedPassages([])).toEqual([]);
  });

  it('gives a text the same bytes whatever stands beside it', async () => {
    const texts = Array.from({ length: 40 }, (_, i) => 'silt settles where the water slows. '.repeat(i + 1));
    const together = await embedder.embedPassages(texts);
    const reversed = (await embedder.embedPassages([...texts].reverse())).reverse();
    for (const [index, text] of texts.entries()) {
      const [alone] = await embedder.embedPassages([text]);
      expect(together[index]).toEqual(alone);
      expect(reversed[index]).toEqual(alone);
    }
  });

  it('gives the same bytes with two threads as with one', async () => {
    const open = (threads: number) => loadEmbedder({ directory: builtIn, runtime: 'native', threads });
    const [one, two] = [await open(1), await open(2)];
    const text = 'The delta grows where the river meets the sea. '.repeat(20);
    expect(await two.embedQuery(text)).toEqual(await one.embedQuery(text));
    await Promise.all([one.close(), two.close()]);
  });

  it('serves calls that overlap', async () => {
    const texts = ['one river', 'two rivers', 'three rivers'];
    const overlapping = await Promise.all(texts.map((text) => embedder.embedQuery(text)));
    expect(overlapping).toEqual(await embedder.embedPassages(texts));
  });

  it('reads a huge text no further than its maximum', async () => {
    const start = 'river mud '.repeat(400);
    const [cut, huge] = await embedder.embedPassages([start, start + 'tax return '.repeat(100_000)]);
    expect(huge).toEqual(cut);
  });

  it.each([
    ['how to cook rice', 'boiling rice recipe', 'quarterly tax filing'],
    ['heart attack treatment', 'therapy for cardiac patients', 'installing a printer driver'],
    ['delete a file in Linux', 'the rm command removes files', 'the history of the Roman empire'],
  ])('finds "%s" nearer to "%s" than to "%s"', async (query, near, far) => {
    const vector = await embedder.embedQuery(query);
    const [nearVector, farVector] = await embedder.embedPassages([near, far]);
    expect(dot(vector, nearVector!)).toBeGreaterThan(dot(vector, farVector!) + 0.1);
  });

  it('puts the prefixes of the manifest before the texts', async () => {
    await inTemporaryFolder(async (directory) => {
      await copyModel(directory, { query_prefix: 'question: ', passage_prefix: 'passage: ' });
      const prefixed = await loadEmbedder({ directory });
      expect(await prefixed.embedQuery('river')).toEqual(await embedder.embedQuery('question: river'));
      expect(await prefixed.embedPassages(['river'])).toEqual(
        await embedder.embedPassages(['passage: river']),
      );
      await prefixed.close();
    });
  });
});

describe('loadEmbedder', () => {
  const refusal = (
    spoil: (directory: string) => Promise<void>,
    change?: Partial<ModelManifest>,
  ): Promise<unknown> =>
    inTemporaryFolder(async (directory) => {
      await copyModel(directory, change);
      await spoil(directory);
      try {
        await loadEmbedder({ directory });
      } catch (error) {
        return error;
      }
      throw new Error('the model was accepted');
    });
  const asItIs = async () => undefined;

  it('refuses a directory without a manifest', async () => {
    await inTemporaryFolder(async (directory) => {
      await expect(loadEmbedder({ directory })).rejects.toMatchObject({ code: 'MODEL_INVALID' });
    });
  });

  it('refuses a model file with one bit changed', async () => {
    const error = await refusal(async (directory) => {
      const path = join(directory, 'model.onnx');
      const bytes = await readFile(path);
      bytes[2_000_000]! ^= 1;
      await writeFile(path, bytes);
    });
    expect(error).toMatchObject({ code: 'MODEL_CORRUPT', kind: 'corrupt' });
  });

  it('refuses a truncated file', async () => {
    const error = await refusal((directory) => truncate(join(directory, 'tokenizer.json'), 1000));
    expect(error).toMatchObject({
      code: 'MODEL_CORRUPT',
      message: expect.stringContaining('1000 bytes'),
    });
  });

  it('refuses a missing file', async () => {
    const { files } = await builtInManifest();
    const error = await refusal(asItIs, { files: { ...files, 'extra.bin': files['model.onnx']! } });
    expect(error).toMatchObject({
      code: 'MODEL_CORRUPT',
      message: expect.stringContaining('extra.bin'),
    });
  });

  it('refuses a manifest with other dimensions than the model', async () => {
    const error = await refusal(asItIs, { dimensions: 256 });
    expect(error).toMatchObject({ code: 'MODEL_INVALID', message: expect.stringContaining('384') });
  });

  it.each<[string, Partial<ModelManifest>]>([
    ['other inputs', { inputs: ['input_ids', 'attention_mask', 'token_type_ids'] }],
    ['another output', { output: 'last_hidden_state' }],
    ['pooling outside of the graph', { pooling: 'cls' }],
  ])('refuses a manifest with %s', async (_name, change) => {
    expect(await refusal(asItIs, change)).toMatchObject({ code: 'MODEL_INVALID', kind: 'invalid' });
  });

  it('refuses a file that is no model, though its hash is right', async () => {
    const junk = new TextEncoder().encode('not a graph');
    const { files } = await builtInManifest();
    const error = await refusal((directory) => writeFile(join(directory, 'model.onnx'), junk), {
      files: { ...files, 'model.onnx': describeBytes(junk) },
    });
    expect(error).toMatchObject({
      code: 'MODEL_INVALID',
      message: expect.stringContaining('model.onnx'),
    });
  });

  it('refuses a model that misses its probe', async () => {
    const probe = [{ text: 'hello world', first: [0.5, 0, 0, 0, 0], atol: 1e-3 }];
    expect(await refusal(asItIs, { probe })).toMatchObject({ code: 'MODEL_PROBE_FAILED', kind: 'corrupt' });
  });

  it('gives the same vectors with the tokenizer library', async () => {
    await inTemporaryFolder(async (directory) => {
      await copyModel(directory, { tokenizer: 'hf-json' });
      const [own, library] = [await loadEmbedder({ directory: builtIn }), await loadEmbedder({ directory })];
      const texts = ['Silt settles where the water slows.', 'naïve café, 東京 2024!', 'x'.repeat(300)];
      expect(await library.embedPassages(texts)).toEqual(await own.embedPassages(texts));
      await Promise.all([own.close(), library.close()]);
    });
  });

  it('embeds no more once closed, and closes twice without harm', async () => {
    const embedder = await loadEmbedder({ directory: builtIn });
    await embedder.close();
    await embedder.close();
    await expect(embedder.embedQuery('late')).rejects.toMatchObject({ code: 'EMBEDDER_CLOSED' });
  });
});
