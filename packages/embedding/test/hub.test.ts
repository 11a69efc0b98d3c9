import { readdir, readFile, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import {
  bertModel,
  startFakeHub,
  TINY_BERT,
  writeHubFolder,
  type FakeHub,
  type HubFolderOptions,
} from '@alluvium/testkit';
import {
  folderSource,
  hubSource,
  importModel,
  KNOWN_MODELS,
  loadEmbedder,
  type KnownModel,
  type ModelChoices,
  type ModelManifest,
} from '../src/index.ts';
import { describe as describeBytes, inTemporaryFolder } from './support/model.ts';

const COMMIT = 'c0ffee'.repeat(6) + 'c0ff';
const ID = 'made/up';

interface Hubbed {
  hub?: HubFolderOptions;
  commit?: string | undefined;
  intercept?: (path: string, response: ServerResponse) => boolean;
}

/** Serves a made-up repository for the time of `use`. */
const withHub = (
  { hub: folderOptions = {}, intercept, ...rest }: Hubbed,
  use: (hub: FakeHub, directory: string, repository: string) => Promise<void>,
): Promise<void> =>
  inTemporaryFolder(async (folder) => {
    const repository = join(folder, 'repository');
    await writeHubFolder(repository, folderOptions);
    const commit = 'commit' in rest ? rest.commit : COMMIT;
    const hub = await startFakeHub({
      repositories: { [ID]: repository },
      commit,
      ...(intercept !== undefined && { intercept }),
    });
    try {
      await use(hub, join(folder, 'model'), repository);
    } finally {
      await hub.stop();
    }
  });

const bring = async (
  hub: FakeHub,
  directory: string,
  { choices = {}, known }: { choices?: ModelChoices; known?: KnownModel } = {},
): Promise<ModelManifest> => {
  const source = await hubSource({ hub: hub.url, id: ID, ...(known && { revision: known.revision }) });
  return importModel({ source, directory, choices, known });
};

const refusal = async (promise: Promise<unknown>): Promise<{ code: string; message: string }> => {
  try {
    await promise;
  } catch (error) {
    return error as { code: string; message: string };
  }
  throw new Error('nothing was refused');
};

describe('a model of a hub', () => {
  it('is described by the configuration files of its repository, at one commit', async () => {
    const prompts = { query: 'query: ', document: 'passage: ' };
    await withHub({ hub: { pooling: 'mean', prompts } }, async (hub, directory) => {
      const manifest = await bring(hub, directory);
      expect(manifest).toMatchObject({
        id: 'up',
        revision: COMMIT,
        license: 'mit',
        dimensions: 16,
        max_tokens: 32,
        tokenizer: 'wordpiece',
        pooling: 'mean',
        normalize: 'l2',
        query_prefix: 'query: ',
        passage_prefix: 'passage: ',
        precision: 'fp32',
      });
      const later = hub.requests.filter(
        (path) => path.includes('/resolve/') && !path.includes('/resolve/main/'),
      );
      expect(later.length).toBeGreaterThan(5);
      expect(later.every((path) => path.includes(COMMIT))).toBe(true);
    });
  });

  it('becomes a directory that opens, with every file hashed', async () => {
    await withHub({}, async (hub, directory, repository) => {
      const { files } = await bring(hub, directory);
      expect((await readdir(directory)).sort()).toEqual(['manifest.json', 'model.onnx', 'tokenizer.json']);
      const model = await readFile(join(repository, 'onnx/model.onnx'));
      expect(files['model.onnx']).toEqual(describeBytes(model));
      const embedder = await loadEmbedder({ directory });
      expect(await embedder.embedPassages(['the river'])).toHaveLength(1);
      await embedder.close();
    });
  });

  it('comes in the precision asked for, which its graph proves', async () => {
    const quantized = bertModel({ ...TINY_BERT, precision: 'int8' });
    const asText = Buffer.from(quantized).toString('base64');
    await withHub({}, async (hub, directory, repository) => {
      await writeFile(join(repository, 'onnx/model_quantized.onnx'), Buffer.from(asText, 'base64'));
      const manifest = await bring(hub, directory, { choices: { precision: 'int8' } });
      expect(manifest.precision).toBe('int8');
      expect(manifest.files['model.onnx']).toEqual(describeBytes(quantized));
    });
  });

  it('is what is said of it rather than what its files say', async () => {
    const choices = {
      id: 'mine',
      pooling: 'mean',
      maxTokens: 20,
      queryPrefix: 'ask ',
      license: 'own',
    } as const;
    await withHub({}, async (hub, directory) => {
      expect(await bring(hub, directory, { choices })).toMatchObject({
        id: 'mine',
        pooling: 'mean',
        max_tokens: 20,
        query_prefix: 'ask ',
        license: 'own',
      });
    });
  });

  it('tells how far each file has come', async () => {
    await withHub({}, async (hub, directory) => {
      const last = new Map<string, [number, number]>();
      await importModel({
        source: await hubSource({ hub: hub.url, id: ID }),
        directory,
        onBytes: (file, bytes, total) => last.set(file, [bytes, total]),
      });
      expect([...last.keys()]).toEqual(['tokenizer.json', 'model.onnx']);
      for (const [bytes, total] of last.values()) expect(bytes).toBe(total);
    });
  });

  it.each<[string, HubFolderOptions, string]>([
    ['does not say how it pools', { pooling: 'none' }, 'cls or mean'],
    ['pools by the maximum', { pooling: 'max' }, 'max_tokens'],
    ['has no model', { modelPath: 'pytorch/model.bin' }, 'onnx/model.onnx'],
    ['has a broken configuration', { files: { 'config.json': '{' } }, 'config.json'],
    ['has a broken tokenizer', { files: { 'tokenizer.json': '{"model": 1}' } }, 'tokenizer.json'],
    ['has something else as its model', { files: { 'onnx/model.onnx': 'hello' } }, 'model.onnx'],
  ])('is refused when it %s', async (_fact, hubFolder, part) => {
    await withHub({ hub: hubFolder }, async (hub, directory) => {
      const { code, message } = await refusal(bring(hub, directory));
      expect(code).toBe('MODEL_INVALID');
      expect(message).toContain(part);
    });
  });
});

describe('a hub', () => {
  it('that does not know the repository is named', async () => {
    await withHub({}, async (hub) => {
      const { code, message } = await refusal(hubSource({ hub: hub.url, id: 'made/down' }));
      expect([code, message]).toEqual(['MODEL_DOWNLOAD_FAILED', expect.stringContaining('made/down')]);
    });
  });

  it('that does not tell the commit is asked for one', async () => {
    await withHub({ commit: undefined }, async (hub) => {
      const { code, message } = await refusal(hubSource({ hub: hub.url, id: ID }));
      expect([code, message]).toEqual(['MODEL_DOWNLOAD_FAILED', expect.stringContaining('40 hexadecimal')]);
    });
  });

  it.each(['../../etc', 'one', 'a/b/c', 'https://x/y'])('is not asked for %s', async (id) => {
    expect(await refusal(hubSource({ hub: 'http://127.0.0.1:9', id }))).toMatchObject({
      code: 'MODEL_INVALID',
    });
  });

  it('that cannot be reached is named', async () => {
    const { code, message } = await refusal(hubSource({ hub: 'http://127.0.0.1:9', id: ID }));
    expect([code, message]).toEqual(['MODEL_DOWNLOAD_FAILED', expect.stringContaining('127.0.0.1:9')]);
  });

  const isModel = (path: string) => path.startsWith('/stored');

  it.each<[string, (response: ServerResponse) => void, string, string]>([
    [
      'breaks off',
      (response) => {
        response.writeHead(200, { 'content-length': 10_000 }).write('some');
        setTimeout(() => response.destroy(), 20);
      },
      'MODEL_DOWNLOAD_FAILED',
      'broke off',
    ],
    [
      'announces more than any model has',
      (response) => response.writeHead(200, { 'content-length': 3_000_000_000 }).flushHeaders(),
      'MODEL_INVALID',
      '3000000000 bytes',
    ],
    [
      'redirects without end',
      (response) => response.writeHead(302, { location: '/stored/again' }).end(),
      'MODEL_DOWNLOAD_FAILED',
      'redirects more than',
    ],
    ['has a private repository', (response) => response.writeHead(401).end(), 'MODEL_DOWNLOAD_FAILED', '401'],
    ['fails', (response) => response.writeHead(500).end(), 'MODEL_DOWNLOAD_FAILED', '500'],
  ])('that %s is told apart', async (_fact, answer, code, part) => {
    const intercept = (path: string, response: ServerResponse): boolean => {
      if (isModel(path)) answer(response);
      return isModel(path);
    };
    await withHub({ intercept }, async (hub, directory) => {
      expect(await refusal(bring(hub, directory))).toMatchObject({
        code,
        message: expect.stringContaining(part),
      });
      expect(await readdir(directory)).not.toContain('manifest.json');
    });
  });

  it('is not followed from an encrypted to an open address', async () => {
    const fetch = async () => new Response(null, { status: 302, headers: { location: 'http://mirror/x' } });
    const { message } = await refusal(hubSource({ id: ID, fetch: fetch }));
    expect(message).toContain('not encrypted');
  });
});

describe('a known model', () => {
  const knownOf = async (repository: string): Promise<KnownModel> => ({
    id: 'known-int8',
    repository: ID,
    revision: COMMIT,
    license: 'mit',
    modelPath: 'onnx/model.onnx',
    model: describeBytes(await readFile(join(repository, 'onnx/model.onnx'))),
    tokenizer: describeBytes(await readFile(join(repository, 'tokenizer.json'))),
    maxTokens: 30,
    pooling: 'cls',
    queryPrefix: 'ask: ',
    passagePrefix: '',
    reference: { text: 'hello world', first: [0], atol: 1 },
  });

  it('is used as it is known', async () => {
    await withHub({ hub: { pooling: 'none' } }, async (hub, directory, repository) => {
      const manifest = await bring(hub, directory, { known: await knownOf(repository) });
      expect(manifest).toMatchObject({
        id: 'known-int8',
        revision: COMMIT,
        max_tokens: 30,
        query_prefix: 'ask: ',
      });
    });
  });

  it('is refused with other bytes', async () => {
    await withHub({}, async (hub, directory, repository) => {
      const known = await knownOf(repository);
      await writeFile(join(repository, 'onnx/model.onnx'), bertModel({ ...TINY_BERT, seed: 2 }));
      const { code, message } = await refusal(bring(hub, directory, { known }));
      expect([code, message]).toEqual(['MODEL_CORRUPT', expect.stringContaining('model.onnx')]);
    });
  });

  it('is refused with vectors that are not its own', async () => {
    await withHub({}, async (hub, directory, repository) => {
      const reference = { text: 'hello world', first: [0.9, 0.9], atol: 1e-3 };
      const known = { ...(await knownOf(repository)), reference };
      expect(await refusal(bring(hub, directory, { known }))).toMatchObject({ code: 'MODEL_PROBE_FAILED' });
      expect(await readdir(directory)).not.toContain('manifest.json');
    });
  });

  it.each(KNOWN_MODELS.map((model) => [model.id, model] as const))('%s is pinned wholly', (_id, known) => {
    expect(known.revision).toMatch(/^[0-9a-f]{40}$/);
    for (const { bytes, sha256 } of [known.model, known.tokenizer]) {
      expect(sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(bytes).toBeGreaterThan(100_000);
    }
    expect(known.reference.first).toHaveLength(5);
  });
});

describe('a model of a folder', () => {
  it('has no revision but its hashes', async () => {
    await inTemporaryFolder(async (folder) => {
      const hub = join(folder, 'my-model');
      await writeHubFolder(hub);
      const directory = join(folder, 'packed');
      const manifest = await importModel({ source: folderSource(hub), directory });
      expect(manifest).toMatchObject({ id: 'my-model', revision: 'local', pooling: 'cls' });
    });
  });
});
