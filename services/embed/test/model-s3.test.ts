import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import type { GetObjectCommand } from '@aws-sdk/client-s3';
import type { ProviderDeps } from '@alluvium/embedding-providers';
import { collectionModel } from '../src/adapters/collection-model.ts';
import { modelFromS3 } from '../src/adapters/model-s3.ts';
import { providerFromS3 } from '../src/adapters/provider-s3.ts';

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
  const place = () => ({ client: client as never, bucket: 'data' });
  const source = { place, modelOf: async () => 'alluvium-384' };
  return { state, source };
};

const noProviders = {} as ProviderDeps;

describe('the model in the bucket', () => {
  it('is fetched and opened once for all events', async () => {
    const { state, source } = bucketWithModel();
    const openModel = modelFromS3(source, noProviders);
    const [first, second] = await Promise.all([openModel('docs'), openModel('docs')]);
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
    const openModel = modelFromS3(source, noProviders);
    state.missing = true;
    await expect(openModel('docs')).rejects.toMatchObject({ code: 'MODEL_MISSING', kind: 'unavailable' });
    state.missing = false;
    await expect(openModel('docs')).resolves.toMatchObject({ dims: 384 });
  });
});

describe('the model of a provider', () => {
  const bucketWith = (manifest: object) => {
    const client = { send: async () => ({ Body: Readable.from([Buffer.from(JSON.stringify(manifest))]) }) };
    return () => ({ client: client as never, bucket: 'data' });
  };
  const manifestOf = (kind: string) => ({
    ...{ format: 'embedding-provider/1', id: 'small', dimensions: 8, max_tokens: 100 },
    ...{ query_prefix: '', passage_prefix: '', provider: { kind, model: 'm' } },
  });

  it.each([
    ['openai', false],
    ['bedrock', false],
    ['openai-batch', true],
  ])('%s needs no files, and takes batches: %s', async (kind, takesBatches) => {
    const providers = { clock: { nowMs: () => 0 } } as ProviderDeps;
    const bedrock = { ...manifestOf(kind), provider: { kind, model: 'amazon.titan-embed-text-v2:0' } };
    const place = bucketWith(bedrock);
    const model = await modelFromS3({ place, modelOf: async () => 'small' }, providers)('docs');
    expect([model.stamp.slice(0, 6), model.dims, model.batches !== undefined]).toEqual([
      'small@',
      8,
      takesBatches,
    ]);
  });

  it('is found again by those who wait for its batches, whatever passages come by now', async () => {
    const ordered = await providerFromS3(bucketWith(manifestOf('openai-batch')), noProviders)('small');
    const synchronous = await providerFromS3(bucketWith(manifestOf('openai')), noProviders)('small');
    expect(synchronous.stamp).toBe(ordered.stamp);
  });

  it.each([{ format: 'embedding-model/1' }, manifestOf('bedrock')])(
    'takes no batches: %j',
    async (manifest) => {
      await expect(providerFromS3(bucketWith(manifest), noProviders)('small')).rejects.toMatchObject({
        code: 'MODEL_INVALID',
      });
    },
  );
});

describe('the model of a collection', () => {
  const modelOf = (document?: object) =>
    collectionModel(
      {
        find: async (key) =>
          document && key.endsWith('/docs.json') ? Buffer.from(JSON.stringify(document)) : undefined,
      },
      () => 'installed',
    );
  const times = { createdAt: '2026-03-01T12:00:00.000Z', updatedAt: '2026-03-01T12:00:00.000Z' };

  it.each([
    ['the one that its document names', { collection: 'docs', ...times, model: 'own' }, 'own'],
    ['that of the installation when it names none', { collection: 'docs', ...times }, 'installed'],
    ['that of the installation when it has no document', undefined, 'installed'],
  ])('is %s', async (_, document, expected) => {
    expect(await modelOf(document)('docs')).toBe(expected);
  });
});
