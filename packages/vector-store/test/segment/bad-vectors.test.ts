import { beforeAll, describe, expect, it } from '@jest/globals';
import { fromJsonl, importDeltas, toJsonl } from '../../src/exchange.ts';
import {
  decodeDelta,
  encodeDelta,
  measureRecall,
  memoryObjectStore,
  openSnapshot,
  verifySnapshot,
  type DeltaDocument,
  type Snapshot,
} from '../../src/index.ts';
import { deltaOf, documentOf, INDEX_PATH, MODEL, vectorOf } from '../deltas.ts';
import { collect, stream } from '../exchange/documents.ts';
import { committed, publishDeltas } from '../publisher.ts';

const { dims } = MODEL;
const good = vectorOf(1);

const BAD: [string, Float32Array][] = [
  ['NaN', good.with(3, Number.NaN)],
  ['infinity', good.with(0, Infinity)],
  ['minus infinity', good.with(dims - 1, -Infinity)],
  ['zero', new Float32Array(dims)],
  ['minus zero', new Float32Array(dims).fill(-0)],
  ['a dimension less', good.slice(1)],
  ['a dimension more', Float32Array.of(...good, 1)],
  ['no dimension', new Float32Array()],
];

const EXTREME: [string, Float32Array][] = [
  ['the largest floats', good.map((value) => Math.sign(value) * 3.4e38)],
  ['the smallest floats', good.map((value) => Math.sign(value) * 1e-45)],
  ['one float that is not zero', new Float32Array(dims).with(2, 1e-30)],
];

const badDocument = (vector: Float32Array, keepsFloats = false): DeltaDocument => {
  const document = documentOf(9, { chunks: 1 });
  return { ...document, chunks: document.chunks.map((chunk) => ({ ...chunk, vector, keepsFloats })) };
};

const store = memoryObjectStore();
let snapshot: Snapshot;

beforeAll(async () => {
  await committed(store, [deltaOf(0, [documentOf(1), documentOf(2)])]);
  snapshot = (await openSnapshot(store, INDEX_PATH)) as Snapshot;
});

describe.each(BAD)('a vector with %s', (_name, vector) => {
  it.each(['dense', 'hybrid'] as const)('is refused by a search, %s', async (mode) => {
    const search = snapshot.search({ vector, text: 'stone', k: 3, mode });
    await expect(search).rejects.toMatchObject({ kind: 'invalid' });
  });

  it('is refused by a measurement of recall', async () => {
    await expect(measureRecall(snapshot, { vectors: [vector] })).rejects.toMatchObject({ kind: 'invalid' });
  });

  it('does not get into a delta', () => {
    expect(() => encodeDelta(deltaOf(1, [badDocument(vector)]))).toThrow(
      expect.objectContaining({ code: 'VECTOR_INVALID' }),
    );
  });

  it.each([false, true])('costs its delta, not the publish (floats kept: %s)', async (keepsFloats) => {
    const own = memoryObjectStore();
    const deltas = [deltaOf(1, [badDocument(vector, keepsFloats)]), deltaOf(2, [documentOf(5)])];
    const result = await publishDeltas(own, deltas);
    expect(result).toMatchObject({
      kind: 'committed',
      applied: [{ part: 2 }],
      rejected: [{ ref: { part: 1 }, reason: 'VECTOR_INVALID' }],
    });
    expect((await verifySnapshot(own, INDEX_PATH))?.problems).toEqual([]);
  });

  it('is refused by an import', async () => {
    const target = { model: MODEL.id, dims, collection: 'docs', runId: 'run' };
    const deltas = collect(importDeltas(stream([badDocument(vector)]), target));
    await expect(deltas).rejects.toMatchObject({ code: 'VECTOR_INVALID' });
    const line = JSON.stringify({ id: 'a', vector: Array.from(vector) });
    const documents = collect(fromJsonl(stream([Buffer.from(line)]), { dims }));
    await expect(documents).rejects.toMatchObject({ code: 'IMPORT_INVALID' });
  });
});

describe.each(EXTREME)('a vector of %s', (_name, vector) => {
  it.each([false, true])('is stored and found as its direction (floats kept: %s)', async (keepsFloats) => {
    const own = memoryObjectStore();
    const delta = decodeDelta(encodeDelta(deltaOf(1, [badDocument(vector, keepsFloats), documentOf(3)])));
    await committed(own, [delta]);
    const opened = (await openSnapshot(own, INDEX_PATH)) as Snapshot;
    const { hits } = await opened.search({ vector, k: 1, mode: 'dense' });
    expect(hits[0]?.entityId).toBe('9');
    expect(hits[0]?.score).toBeCloseTo(1, 3);
  });

  it('comes back from a file as it went', async () => {
    const lines = await collect(toJsonl(stream([badDocument(vector)])));
    const [document] = await collect(fromJsonl(stream(lines), { dims }));
    expect(document?.chunks[0]?.vector).toEqual(vector);
  });
});
