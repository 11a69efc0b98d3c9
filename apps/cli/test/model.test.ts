import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startServers, type Servers } from '@alluvium/local';
import { startFakeHub, TINY_BERT, writeHubFolder, type FakeHub } from '@alluvium/testkit';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AnyModel } from '../src/models/any-manifest.ts';
import type { CheckedModel, StoredModel } from '../src/models/stored-models.ts';
import { runAlluvium } from './support/run-alluvium.ts';

const BUILT_IN = fileURLToPath(new URL('../../../packages/embedding/models/alluvium-384', import.meta.url));
const COMMIT = 'abcdef0123'.repeat(4);
const BUCKET = 'models-bucket';

interface Added extends AnyModel {
  prefix: string;
  uploaded: string[];
}

let folder: string;
let servers: Servers;
let hub: FakeHub;
let s3: S3Client;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alluvium-model-cli-'));
  servers = await startServers();
  s3 = new S3Client({
    region: 'eu-west-1',
    endpoint: servers.endpoints.s3,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    forcePathStyle: true,
  });
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  await writeFile(
    join(folder, 'connection.json'),
    JSON.stringify({
      ...{ api: 'http://127.0.0.1:9', bucket: BUCKET, eventBus: 'none', region: 'eu-west-1' },
      awsEndpoints: { AWS_ENDPOINT_URL_S3: servers.endpoints.s3 },
    }),
  );
  await writeHubFolder(join(folder, 'repository'));
  await writeHubFolder(join(folder, 'other'), { shape: { ...TINY_BERT, seed: 7 } });
  hub = await startFakeHub({ repositories: { 'made/up': join(folder, 'repository') }, commit: COMMIT });
});
afterAll(async () => {
  s3.destroy();
  await hub.stop();
  await servers.close();
  await rm(folder, { recursive: true });
});

const model = async (...args: string[]) => {
  const before = process.env['ALLUVIUM_STATE'];
  process.env['ALLUVIUM_STATE'] = folder;
  const answer = await runAlluvium(folder, ['model', ...args]);
  if (before === undefined) delete process.env['ALLUVIUM_STATE'];
  else process.env['ALLUVIUM_STATE'] = before;
  return answer;
};

const json = async <T>(...args: string[]): Promise<T> => {
  const { stdout, stderr } = await model(...args, '--json');
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as T;
};

describe('alluvium model', () => {
  it('has nothing to list in an empty bucket', async () => {
    expect((await model('ls')).stdout).toBe('There are no models.\n');
    expect(await json('verify')).toEqual({ bucket: BUCKET, models: [] });
  });

  it('adds a model of a hub, once', async () => {
    const added = await json<Added>('add', 'made/up', '--hub', hub.url, '--max-tokens', '24');
    expect(added).toMatchObject({ id: 'up', license: 'mit', kind: 'fp32', dimensions: 16, maxTokens: 24 });
    expect(added.uploaded).toEqual(['model.onnx', 'tokenizer.json', 'manifest.json']);
    const Key = `${added.prefix}model.onnx`;
    const { Metadata } = await s3.send(new HeadObjectCommand({ Bucket: BUCKET, Key }));
    expect(Metadata).toEqual({ sha256: added.files['model.onnx']?.sha256 });
    const again = await json<Added>('add', 'made/up', '--hub', hub.url, '--max-tokens', '24');
    expect([again.stamp, again.uploaded]).toEqual([added.stamp, []]);
  });

  it('adds a model directory as it is', async () => {
    const added = await json<Added>('add', BUILT_IN);
    expect(added.stamp).toBe('alluvium-384@f524f08d0783');
    expect((await model('add', BUILT_IN, '--pooling', 'cls')).code).toBe(2);
  });

  it('keeps the model that is there from another of the same name', async () => {
    const { code, stderr } = await model('add', 'other', '--id', 'up');
    expect([code, stderr]).toEqual([4, expect.stringContaining('--replace')]);
    const replaced = await json<Added>('add', 'other', '--id', 'up', '--replace');
    expect(replaced.uploaded).toContain('model.onnx');
  });

  it('adds a model that a provider runs: its manifest alone', async () => {
    const example = '../../../schemas/examples/embedding-provider.v1/minimal.json';
    const manifest = await readFile(new URL(example, import.meta.url));
    await mkdir(join(folder, 'provided'));
    await writeFile(join(folder, 'provided/manifest.json'), manifest);
    const added = await json<Added>('add', 'provided');
    expect(added.uploaded).toEqual(['manifest.json']);
    const { models } = await json<{ models: CheckedModel[] }>('verify', added.id);
    expect(models).toEqual([{ id: added.id, isSound: true, stamp: added.stamp }]);
    await s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: `${added.prefix}manifest.json` }));
  });

  it('lists what is there, the broken as well', async () => {
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'models/half/model.onnx', Body: 'x' }));
    const { models } = await json<{ models: StoredModel[] }>('ls');
    expect(models.map(({ id, problem }) => [id, problem === undefined])).toEqual([
      ['alluvium-384', true],
      ['half', false],
      ['up', true],
    ]);
    const { stdout } = await model('ls');
    expect(stdout).toMatch(/alluvium-384 +384 +512 +int4 +4\.3 MB +Apache-2\.0/);
    await s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: 'models/half/model.onnx' }));
  });

  it('verifies hashes and probes', async () => {
    const sound = await json<{ models: CheckedModel[] }>('verify');
    expect(sound.models.map(({ id, isSound }) => [id, isSound])).toEqual([
      ['alluvium-384', true],
      ['up', true],
    ]);
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'models/up/tokenizer.json', Body: '{}' }));
    const { code, stdout, stderr } = await model('verify');
    expect([code, stdout]).toEqual([1, expect.stringContaining('alluvium-384 is sound')]);
    expect(stderr).toContain('MODEL_CORRUPT');
    expect((await model('verify', 'nothing')).code).toBe(3);
  });

  it.each<[number, string, string[]]>([
    [3, 'bge-small-en-v1.5-int8', ['add', 'nowhere']],
    [2, '--pooling', ['add', 'repository', '--pooling', 'max']],
    [2, '--max-tokens', ['add', 'repository', '--max-tokens', 'many']],
    [2, 'known already', ['add', 'all-MiniLM-L6-v2-int8', '--pooling', 'cls']],
    [5, 'made/down', ['add', 'made/down', '--hub', 'HUB']],
    [2, 'has no tokenizer.json', ['add', 'bge-small-en-v1.5', '--hub', 'HUB']],
  ])('ends with %i and tells of %s', async (exitCode, part, args) => {
    const { code, stderr } = await model(...args.map((arg) => (arg === 'HUB' ? hub.url : arg)));
    expect([code, stderr]).toEqual([exitCode, expect.stringContaining(part)]);
  });
});
