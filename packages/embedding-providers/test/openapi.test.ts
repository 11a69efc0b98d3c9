import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startFakeOpenAi, type FakeOpenAi } from '@alluvium/testkit';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { batchesOf, embedderOf } from '../src/index.ts';
import { manifestOf, testDeps } from './support/deps.ts';

const FILE = new URL(
  '../../../../shared/data/conformance/openai-embeddings-batch.openapi.json',
  import.meta.url,
);
const isThere = existsSync(FILE);
const TEXTS = ['river', 'stone'].map((text, row) => ({ id: `row-${row}`, text }));

const validatorOf = (name: string): ValidateFunction => {
  const document = JSON.parse(readFileSync(FILE, 'utf8')) as object;
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema(document, 'openapi');
  return ajv.getSchema(`openapi#/components/schemas/${name}`)!;
};

if (!isThere)
  console.warn(`${FILE.pathname} is not there: requests are not compared with the API's description`);

(isThere ? describe : describe.skip)("requests, by the API's own description", () => {
  let api: FakeOpenAi;

  beforeAll(async () => {
    api = await startFakeOpenAi();
    const batches = batchesOf(manifestOf(api, { kind: 'openai-batch' }), testDeps().deps)!;
    await embedderOf(manifestOf(api), testDeps().deps).embedPassages(['river', 'stone']);
    await batches.create('key', TEXTS);
  });

  afterAll(() => api.close());

  it.each([
    ['POST /embeddings', 'CreateEmbeddingRequest'],
    ['POST /files', 'CreateFileRequest'],
    ['POST /batches', 'CreateBatchRequest'],
  ])('%s fits %s', (request, schema) => {
    const validate = validatorOf(schema);
    const sent = api.requests.filter(({ name }) => name === request);
    expect(sent.length).toBeGreaterThan(0);
    for (const { body } of sent) expect([validate(body), validate.errors]).toEqual([true, null]);
  });

  it('of a batch fit CreateEmbeddingRequest, line by line', () => {
    const validate = validatorOf('CreateEmbeddingRequest');
    for (const { body } of api.inputLines()) expect([validate(body), validate.errors]).toEqual([true, null]);
    expect(api.inputLines()).toHaveLength(2);
  });

  it('are answered by the fake as the description says', () => {
    const validate = validatorOf('Batch');
    const nullable = (batch: object): object =>
      Object.fromEntries(Object.entries(batch).filter(([, value]) => value !== null));
    for (const batch of api.batches())
      expect([validate(nullable(batch)), validate.errors]).toEqual([true, null]);
  });
});
