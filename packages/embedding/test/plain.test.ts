import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tinyWordPiece } from '@alluvium/testkit';
import fc from 'fast-check';
import { loadEmbedder, loadPlainEmbedder, packModel, type Embedder } from '../src/index.ts';
import { quantizeInt4, staticTableModel } from '../src/onnx.ts';
import { builtIn, copyModel, inTemporaryFolder } from './support/model.ts';

/** Components of the two runtimes differ by less. */
const TOLERANCE = 1e-6;
const farthest = (a: Float32Array, b: Float32Array) => Math.max(...a.map((x, d) => Math.abs(x - b[d]!)));

describe('the plain runtime', () => {
  let plain: Embedder;
  let native: Embedder;
  beforeAll(async () => {
    plain = await loadPlainEmbedder({ directory: builtIn });
    native = await loadEmbedder({ directory: builtIn, runtime: 'native', threads: 1 });
  });
  afterAll(async () => {
    await plain.close();
    await native.close();
  });

  it('gives the vectors of onnxruntime for any text', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(text, async (words) => {
        expect(farthest(await plain.embedQuery(words), await native.embedQuery(words))).toBeLessThan(
          TOLERANCE,
        );
      }),
      { numRuns: 30 },
    );
  });

  it('gives them for a long text, too', async () => {
    const page = await readFile(join(builtIn, 'README.md'), 'utf8');
    expect(farthest(await plain.embedQuery(page), await native.embedQuery(page))).toBeLessThan(TOLERANCE);
  });

  it('is what a static table runs on unless told otherwise', async () => {
    const embedder = await loadEmbedder({ directory: builtIn });
    expect(await embedder.embedQuery('river mud')).toEqual(await plain.embedQuery('river mud'));
    await embedder.close();
  });

  it('leaves the event loop free between texts', async () => {
    let turns = 0;
    const count = setInterval(() => (turns += 1), 0);
    await plain.embedPassages(Array.from({ length: 200 }, () => 'river mud '.repeat(200)));
    clearInterval(count);
    expect(turns).toBeGreaterThan(1);
  });

  it('refuses a manifest that says other things than the table', async () => {
    await inTemporaryFolder(async (directory) => {
      await copyModel(directory, { dimensions: 256 });
      await expect(loadPlainEmbedder({ directory })).rejects.toMatchObject({
        code: 'MODEL_INVALID',
        message: expect.stringContaining('384'),
      });
    });
  });
});

describe('a static table made here', () => {
  const dims = 10;
  const rows = 96;

  it('is packed and runs alike on both runtimes', async () => {
    await inTemporaryFolder(async (directory) => {
      const values = Float32Array.from({ length: rows * dims }, (_, i) => Math.sin(i * i));
      await writeFile(
        join(directory, 'model.onnx'),
        staticTableModel(quantizeInt4(values, rows, dims), 'tiny'),
      );
      await writeFile(join(directory, 'tokenizer.json'), JSON.stringify(tinyWordPiece()));
      const description = {
        id: 'tiny',
        revision: '1',
        license: 'mit',
        maxTokens: 32,
        queryPrefix: '',
        passagePrefix: '',
      };
      const manifest = await packModel(directory, description);
      expect(manifest).toMatchObject({ dimensions: dims, precision: 'int4', pooling: 'in-graph' });
      const [plain, native] = [
        await loadPlainEmbedder({ directory }),
        await loadEmbedder({ directory, runtime: 'native' }),
      ];
      for (const text of ['the river', '', 'mud, mud and mud!'])
        expect(farthest(await plain.embedQuery(text), await native.embedQuery(text))).toBeLessThan(TOLERANCE);
      await Promise.all([plain.close(), native.close()]);
    });
  });

  it('loses at most half a step of a component', () => {
    const component = fc.float({ min: -1, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(component, { minLength: dims, maxLength: dims }), (row) => {
        const { packed, scales } = quantizeInt4(Float32Array.from(row), 1, dims);
        const scale = scales[0]!;
        const found = row.map((_, d) => {
          const both = packed[d % (dims / 2)]!;
          return ((d < dims / 2 ? both & 15 : both >> 4) - 8) * scale;
        });
        const loss = row.reduce((sum, x, d) => sum + (x - found[d]!) ** 2, 0);
        const largest = Math.max(...row.map(Math.abs));
        expect(loss).toBeLessThanOrEqual(dims * (largest / 14) ** 2 + 1e-9);
      }),
    );
  });

  it('has an even number of dimensions', () => {
    expect(() => quantizeInt4(new Float32Array(9), 1, 9)).toThrow(RangeError);
  });
});
