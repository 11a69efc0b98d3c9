import { describe, expect, it } from '@jest/globals';
import { modelStamp, readManifest } from '../src/index.ts';
import { builtInManifest } from './support/model.ts';

const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

describe('readManifest', () => {
  it('reads the manifest of the built-in model', async () => {
    const manifest = readManifest(bytesOf(await builtInManifest()));
    expect(manifest.id).toBe('alluvium-384');
    expect(manifest.dimensions).toBe(384);
    expect(modelStamp(manifest)).toBe('alluvium-384@f524f08d0783');
  });

  it('ignores fields it does not know', async () => {
    const manifest = { ...(await builtInManifest()), comment: 'from a later release' };
    expect(readManifest(bytesOf(manifest)).id).toBe('alluvium-384');
  });

  it.each<[string, unknown]>([
    ['format', 'embedding-model/2'],
    ['id', '../elsewhere'],
    ['id', 'a/b'],
    ['dimensions', 0],
    ['dimensions', '384'],
    ['max_tokens', 2],
    ['tokenizer', 'sentencepiece'],
    ['inputs', []],
    ['inputs', ['pixel_values']],
    ['pooling', 'max'],
    ['normalize', 'none'],
    ['batch', {}],
    ['files', { 'model.onnx': { bytes: 1, sha256: 'a'.repeat(64) } }],
    ['files', { 'model.onnx': { bytes: 1, sha256: 'xyz' }, 'tokenizer.json': {} }],
    ['probe', []],
    ['probe', [{ text: 'hello', first: ['0.1'], atol: 0.1 }]],
    ['license', undefined],
  ])('names the field %s when it is %j', async (field, value) => {
    const bytes = bytesOf({ ...(await builtInManifest()), [field]: value });
    expect(() => readManifest(bytes)).toThrow(`"${field}" must be`);
    expect(() => readManifest(bytes)).toThrow(expect.objectContaining({ code: 'MODEL_INVALID' }));
  });

  it('refuses a file name that leaves the directory', async () => {
    const manifest = await builtInManifest();
    const file = manifest.files['model.onnx']!;
    const bytes = bytesOf({ ...manifest, files: { ...manifest.files, '../../etc/cron.d/x': file } });
    expect(() => readManifest(bytes)).toThrow('"files" must be');
  });

  it.each(['', '{', '[]', 'null', '"text"'])('refuses %j', (text) => {
    expect(() => readManifest(new TextEncoder().encode(text))).toThrow(
      expect.objectContaining({ code: 'MODEL_INVALID' }),
    );
  });
});
