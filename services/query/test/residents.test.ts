import { setImmediate } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { assertProduced, PipelineError, retrieveResponseV1 } from '@alluvium/contracts';
import { documentOf, DOCUMENTS, INDEX, makeWorld } from './support/world.ts';

let world: ReturnType<typeof makeWorld>;

beforeEach(async () => {
  world = makeWorld();
  await world.putCollection('docs', INDEX);
  await world.publishDocuments(DOCUMENTS);
});

const search = async (query = 'q=stone') => {
  const { status, body } = await world.get(query);
  expect([status, status === 200 ? undefined : body]).toEqual([200, undefined]);
  return assertProduced(retrieveResponseV1, body);
};

describe('what stays between requests', () => {
  it('is loaded ahead after the first answer, so that later ones read HEAD alone', async () => {
    await search();
    await world.residents.warmer.settled();
    expect(world.residents.planes.usage().memoryBytes).toBeGreaterThan(0);
    const warm = await search('q=bread&mode=dense&consistency=snapshot');
    expect(warm.read).toEqual({ requests: 1, bytes: 0 });
  });

  it('is one cache for all collections', async () => {
    await search();
    await world.residents.warmer.settled();
    const { entries } = world.residents.planes.usage();
    await world.putCollection('pages', INDEX);
    const { read } = await search('q=stone&collection=pages&consistency=snapshot');
    // The document of the collection and HEAD.
    expect(read.requests).toBeLessThanOrEqual(2);
    expect(world.residents.planes.usage().entries).toBe(entries);
  });

  it('is loaded once, however many ask at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => search()));
    await world.residents.warmer.settled();
    const requests = answers.map(({ read }) => read.requests);
    expect(Math.min(...requests)).toBeLessThan(Math.max(...requests));
    expect(new Set(answers.map(({ results }) => JSON.stringify(results))).size).toBe(1);
  });

  it('is tried again when it could not be loaded, and no answer suffers', async () => {
    const logged: unknown[] = [];
    world.runtime.logger.warn = (message) => void logged.push(message);
    const failure = new PipelineError('S3 does not answer', {
      code: 'STORE_UNAVAILABLE',
      kind: 'unavailable',
    });
    const { warm } = world.residents.warmer;
    world.residents.warmer.warm = (snapshot) => {
      snapshot.warm = () => Promise.reject(failure);
      warm(snapshot);
    };
    await search();
    await world.residents.warmer.settled();
    expect(logged).toEqual(['A snapshot could not be loaded ahead']);
    expect((await search()).results).toHaveLength(3);
    await world.residents.warmer.settled();
    expect(logged).toHaveLength(2);
  });
});

describe('concurrent queries while versions are published', () => {
  it('each see one version whole', async () => {
    const names = ['water', 'hills', 'bakery', 'harbour'];
    const versionOf = (version: number) =>
      names.map((name) => documentOf(name, `stone of version ${version}`, undefined, version));
    await world.publishDocuments(versionOf(2), 2);
    const seen = new Set<number>();
    let isDone = false;
    const readers = Array.from({ length: 6 }, async (_, reader) => {
      let last = 0;
      while (!isDone) {
        await setImmediate();
        const query = `q=stone&k=50&mode=${['hybrid', 'dense', 'lexical'][reader % 3]}`;
        const { results, snapshot } = await search(query);
        const versions = new Set(results.map(({ snippet }) => Number(snippet.replace(/\D/g, ''))));
        expect([...versions]).toEqual([snapshot?.version]);
        expect(results).toHaveLength(names.length);
        expect(snapshot!.version).toBeGreaterThanOrEqual(last);
        last = snapshot!.version;
        seen.add(last);
      }
    });
    const publisher = async (): Promise<void> => {
      for (let version = 3; version < 15; version += 1)
        await world.publishDocuments(versionOf(version), version);
    };
    const publishing = publisher().finally(() => {
      isDone = true;
    });
    await Promise.all([publishing, ...readers]);
    expect(seen.size).toBeGreaterThan(2);
  });
});

describe('a query that is slower than garbage collection', () => {
  it('begins once more with the newest version', async () => {
    const [water] = DOCUMENTS;
    const { store } = world;
    const get = store.get.bind(store);
    let isGone = false;
    store.get = async (key, options) => {
      if (isGone || !key.includes('/segments/')) return get(key, options);
      isGone = true;
      await world.publishDocuments([{ ...water!, documentId: 'files/page#new', entityId: 'new' }], 1);
      return undefined;
    };
    const { snapshot, results } = await search('q=river&k=10');
    expect([snapshot?.version, results.length]).toEqual([2, 4]);
  });

  it('says that the store is at fault when the objects stay away', async () => {
    const get = world.store.get.bind(world.store);
    world.store.get = async (key, options) => (key.includes('/segments/') ? undefined : get(key, options));
    expect(await world.get('q=river')).toMatchObject({ status: 500 });
  });
});
