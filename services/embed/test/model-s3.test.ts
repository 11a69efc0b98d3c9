import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import type { GetObjectCommand } from '@aws-sdk/client-s3';
import { modelFromS3 } from '../src/adapters/model-s3.ts';

const MODELS = new URL('../../../packages/embedding/models/', import.meta.url);

// A bucket that holds the built-in model and answers, while `missing`, as S3 does to a role that may not list.
const bucketWithModel = () => {
  const state = { missing: false, reads: [] as string[] };
  const client = {
    send: async ({ input }: GetObjectCommand) => {
      const key = input.Key ?? '';
      state.reads.push(key);
      if (state.missing)
        throw Object.assign(new Error('Access Denied'), { $metadata: { httpStatusCode: 403 } });
      return { Body: Readable.from([await readFile(new URL(key.replace('models/', ''), MODELS))]) };
    },
  };
  const source = () => ({ client: client as never, bucket: 'data', modelId: 'alluvium-384' });
  return { state, source };
};

describe('the model in the bucket', () => {
  it('is fetched and opened once for all events', async () => {
    const { state, source } = bucketWithModel();
    const openModel = modelFromS3(source);
    const [first, second] = await Promise.all([openModel(), openModel()]);
    expect(second).toBe(first);
    expect(state.reads.filter((key) => key === 'models/alluvium-384/manifest.json')).toHaveLength(1);
    expect(first).toMatchObject({ stamp: 'alluvium-384@f524f08d0783', dims: 384 });
    const [river, stream, tax] = await first.embedPassages([
      'The river carries sand to the sea.',
      'Streams move sediment downstream.',
      'File your income tax return by April.',
    ]);
    const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
    expect(dot(river!, stream!)).toBeGreaterThan(dot(river!, tax!));
  });

  it('is asked for again after a failure that names what to upload', async () => {
    const { state, source } = bucketWithModel();
    const openModel = modelFromS3(source);
    state.missing = true;
    await expect(openModel()).rejects.toMatchObject({ code: 'MODEL_MISSING', kind: 'unavailable' });
    state.missing = false;
    await expect(openModel()).resolves.toMatchObject({ dims: 384 });
  });
});
