import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { tinyByteLevel, tinyUnigram } from '@alluvium/testkit';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { loadEmbedder, tokenizerOf, type Embedder } from '../src/index.ts';
import { writeEncoder } from './support/encoder.ts';
import { inTemporaryFolder } from './support/model.ts';

const TEXTS = ['river', 'the mud of the river', 'a', '', 'no two texts are as long: 12345', 'mud!'];

const lengthOf = (vector: Float32Array) => Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));
const farthest = (a: Float32Array, b: Float32Array) => Math.max(...a.map((x, d) => Math.abs(x - b[d]!)));

/** Opens a made-up encoder for the time of `use`. */
const withEncoder = (
  options: Parameters<typeof writeEncoder>[1],
  use: (embedder: Embedder, directory: string) => Promise<void>,
): Promise<void> =>
  inTemporaryFolder(async (folder) => {
    const { directory } = await writeEncoder(folder, options);
    const embedder = await loadEmbedder({ directory });
    try {
      await use(embedder, directory);
    } finally {
      await embedder.close();
    }
  });

/** The states of a text's tokens, straight from onnxruntime: rows of 16 components. */
const statesOf = async (directory: string, text: string): Promise<{ rows: number; data: Float32Array }> => {
  const session = await InferenceSession.create(join(directory, 'model.onnx'), { logSeverityLevel: 4 });
  const json: unknown = JSON.parse(await readFile(join(directory, 'tokenizer.json'), 'utf8'));
  const ids = tokenizerOf(json).encode(text, 64);
  const row = (value: (id: number) => bigint) =>
    new Tensor('int64', BigInt64Array.from(ids, value), [1, ids.length]);
  const output = await session.run({
    input_ids: row(BigInt),
    attention_mask: row(() => 1n),
    token_type_ids: row(() => 0n),
  });
  await session.release();
  return { rows: ids.length, data: output['last_hidden_state']!.data as Float32Array };
};

describe('an encoder', () => {
  it('is packed with the facts of its graph', async () => {
    await inTemporaryFolder(async (folder) => {
      const { manifest } = await writeEncoder(folder);
      expect(manifest).toMatchObject({
        id: 'made-up',
        dimensions: 16,
        max_tokens: 64,
        tokenizer: 'wordpiece',
        inputs: ['input_ids', 'attention_mask', 'token_type_ids'],
        output: 'last_hidden_state',
        pooling: 'cls',
        normalize: 'l2',
        precision: 'fp32',
        license: 'mit',
        revision: 'local',
      });
      expect(manifest.probe).toHaveLength(3);
    });
  });

  it('takes the first token of a text under cls', async () => {
    await withEncoder({}, async (embedder, directory) => {
      const { data } = await statesOf(directory, 'the river');
      const first = data.slice(0, 16);
      const expected = first.map((x) => x / lengthOf(first));
      expect(farthest(await embedder.embedQuery('the river'), expected)).toBeLessThan(1e-6);
    });
  });

  it('takes the mean of all tokens and none of the padding under mean', async () => {
    await withEncoder({ choices: { pooling: 'mean' } }, async (embedder, directory) => {
      const { rows, data } = await statesOf(directory, 'the river');
      const mean = Float32Array.from({ length: 16 }, (_, d) => {
        let sum = 0;
        for (let token = 0; token < rows; token++) sum += data[token * 16 + d]!;
        return sum / rows;
      });
      const expected = mean.map((x) => x / lengthOf(mean));
      expect(farthest(await embedder.embedQuery('the river'), expected)).toBeLessThan(1e-6);
      // Beside longer texts it is padded.
      const [beside] = await embedder.embedPassages(['the river', ...TEXTS]);
      expect(farthest(beside!, expected)).toBeLessThan(1e-5);
    });
  });

  it('takes what the graph pools as it is', async () => {
    await withEncoder({ shape: { isPooled: true } }, async (pooled) => {
      expect(pooled.manifest).toMatchObject({ pooling: 'in-graph', output: 'sentence_embedding' });
      await withEncoder({}, async (unpooled) => {
        const [a, b] = [await pooled.embedQuery('mud'), await unpooled.embedQuery('mud')];
        expect(farthest(a, b)).toBeLessThan(1e-6);
      });
    });
  });

  it.each(['fp32', 'int8'] as const)(
    'gives unit vectors in the order of the texts, in %s',
    async (precision) => {
      await withEncoder({ shape: { precision } }, async (embedder) => {
        expect(embedder.manifest.precision).toBe(precision);
        const vectors = await embedder.embedPassages(TEXTS);
        for (const [index, text] of TEXTS.entries()) {
          expect(lengthOf(vectors[index]!)).toBeCloseTo(1, 5);
          const [alone] = await embedder.embedPassages([text]);
          expect(farthest(vectors[index]!, alone!)).toBeLessThan(1e-5);
        }
        expect(await embedder.embedPassages(TEXTS)).toEqual(vectors);
      });
    },
  );

  it('of integers gives a text the same bytes whatever stands beside it', async () => {
    await withEncoder({ shape: { precision: 'int8' } }, async (embedder) => {
      const together = await embedder.embedPassages(TEXTS);
      for (const [index, text] of TEXTS.entries())
        expect((await embedder.embedPassages([text]))[0]).toEqual(together[index]);
    });
  });

  it.each([
    ['BPE of bytes', tinyByteLevel()],
    ['Unigram', tinyUnigram()],
  ])('may have a tokenizer of %s', async (_kind, tokenizer) => {
    await withEncoder({ tokenizer }, async (embedder) => {
      expect(embedder.manifest.tokenizer).toBe('hf-json');
      const [river, mud] = await embedder.embedPassages(['the river', 'the mud']);
      expect(farthest(river!, mud!)).toBeGreaterThan(1e-3);
      expect(await embedder.embedQuery('the river')).toEqual(river);
    });
  });

  it('reads as many tokens of a text as its manifest says', async () => {
    await withEncoder({ choices: { maxTokens: 6 } }, async (embedder) => {
      const [cut, longer] = await embedder.embedPassages(['mud mud mud mud', 'mud mud mud mud river river']);
      expect(longer).toEqual(cut);
    });
  });

  it('puts its prefixes before queries and passages', async () => {
    await withEncoder({ choices: { queryPrefix: 'the ', passagePrefix: 'the ' } }, async (prefixed) => {
      const vector = await prefixed.embedQuery('river');
      expect((await prefixed.embedPassages(['river']))[0]).toEqual(vector);
      await withEncoder({}, async (bare) => {
        expect(await bare.embedQuery('the river')).toEqual(vector);
      });
    });
  });

  it('says so when its tokenizer knows more tokens than its graph', async () => {
    await inTemporaryFolder(async (folder) => {
      const packing = writeEncoder(folder, { shape: { vocabulary: 10 } });
      await expect(packing).rejects.toMatchObject({ code: 'MODEL_RUN_FAILED' });
    });
  });

  it('needs the native runtime', async () => {
    await inTemporaryFolder(async (folder) => {
      const { directory } = await writeEncoder(folder);
      await expect(loadEmbedder({ directory, runtime: 'plain' })).rejects.toMatchObject({
        code: 'MODEL_RUNTIME_MISSING',
      });
    });
  });
});
