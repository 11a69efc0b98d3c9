import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { foldDocuments, HISTORY_HORIZON_MS, memoryObjectStore, verifySnapshot } from '../src/index.ts';
import { arbitraryDocument, deltaOf, documentOf, INDEX_PATH } from './deltas.ts';
import { tamper } from './faulty-store.ts';
import { committed, NOW_MS, publishDeltas } from './publisher.ts';
import { headOf, keysOf, referenceHead } from './reference.ts';

const HEAD = `${INDEX_PATH}HEAD`;
const first = deltaOf(0, [documentOf(1), documentOf(2, { chunks: 3 })]);
const second = deltaOf(1, [documentOf(3), documentOf(1, { sequence: 2, chunks: 1 })]);

describe('content of a snapshot', () => {
  it('refuses deltas of a run that lies past the horizon', async () => {
    const store = memoryObjectStore();
    await committed(store, [first]);
    const later = NOW_MS + HISTORY_HORIZON_MS + 1;
    await committed(store, [deltaOf(0, [documentOf(5)], { runId: 'new' })], { nowMs: later });
    const result = await publishDeltas(store, [second], { nowMs: later });
    expect(result).toMatchObject({ kind: 'nothing', rejected: [{ reason: 'EXPIRED_RUN' }] });
  });

  it('keeps a tombstone against older revisions and forgets it after the horizon', async () => {
    const store = memoryObjectStore();
    const deletion = deltaOf(0, [documentOf(1, { sequence: 5, deleted: true })]);
    const stale = deltaOf(1, [documentOf(1, { sequence: 4 })]);
    await committed(store, [deletion]);
    expect((await committed(store, [stale])).head.counts).toEqual({ documents: 0, chunks: 0, tombstones: 1 });
    const revived = deltaOf(2, [documentOf(1, { sequence: 6 })]);
    expect((await committed(store, [revived])).head.counts).toMatchObject({ documents: 1, tombstones: 0 });
    await committed(store, [deltaOf(3, [documentOf(1, { sequence: 7, deleted: true })])]);
    const much = { nowMs: NOW_MS + HISTORY_HORIZON_MS + 1 };
    const counts = [];
    for (let part = 4; part < 9; part += 1) {
      const { head } = await committed(store, [deltaOf(part, [documentOf(part)])], much);
      counts.push(head.counts.tombstones);
    }
    // It goes with the next merge of the segment that holds it.
    expect(counts).toContain(1);
    expect(counts.at(-1)).toBe(0);
  });

  it('cuts a large snapshot into several segments that hold the same', async () => {
    const documents = Array.from({ length: 40 }, (_, id) => documentOf(id));
    const [one, many] = [memoryObjectStore(), memoryObjectStore()];
    const whole = await committed(one, [deltaOf(0, documents)]);
    const cut = await committed(many, [deltaOf(0, documents)], { segmentBytes: 2_000 });
    const segments = await keysOf(many, `${INDEX_PATH}segments/`);
    expect(segments.length).toBeGreaterThan(3);
    expect(cut.head).toMatchObject({ counts: whole.head.counts, setHash: whole.head.setHash });
    await committed(many, [deltaOf(1, [documentOf(3, { sequence: 2 })])]);
    expect(await verifySnapshot(many, INDEX_PATH)).toMatchObject({ problems: [], counts: { documents: 40 } });
  });

  it('holds the fold of its deltas, however they are ordered, grouped and repeated', async () => {
    const order = fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 });
    const parts = fc.array(fc.array(arbitraryDocument, { maxLength: 4 }), { minLength: 4, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(parts, order, fc.integer({ min: 1, max: 4 }), async (documents, ordered, group) => {
        const deltas = documents.map((list, part) => deltaOf(part, list));
        const store = memoryObjectStore();
        const shuffled = ordered.map((index) => deltas[index]!);
        for (let start = 0; start < 4; start += group)
          await publishDeltas(store, shuffled.slice(Math.max(0, start - 1), start + group));
        expect(await headOf(store)).toMatchObject(referenceHead(foldDocuments(documents.flat()).values()));
        expect(await verifySnapshot(store, INDEX_PATH)).toMatchObject({ problems: [] });
      }),
      { numRuns: 40 },
    );
  });
});

describe('verification', () => {
  it('finds a lost, a shortened and a changed object', async () => {
    const store = memoryObjectStore();
    await committed(store, [first]);
    const [segment = ''] = await keysOf(store, `${INDEX_PATH}segments/`);
    const intact = (await store.get(segment)) as { body: Uint8Array };
    for (const change of [
      (body: Uint8Array) => body.subarray(1),
      (body: Uint8Array) => body.with(40, 1 ^ (body[40] ?? 0)),
    ]) {
      await tamper(store, segment, () => change(intact.body));
      const report = await verifySnapshot(store, INDEX_PATH);
      expect(report?.problems[0]).toMatchObject({ key: segment, code: 'OBJECT_CORRUPT' });
    }
    await store.delete(segment);
    expect((await verifySnapshot(store, INDEX_PATH))?.problems[0]).toMatchObject({ code: 'OBJECT_MISSING' });
  });

  it('finds a HEAD that promises more than the snapshot holds', async () => {
    const store = memoryObjectStore();
    await committed(store, [first]);
    await tamper(store, HEAD, (body) => {
      const head = JSON.parse(Buffer.from(body).toString()) as { counts: { chunks: number } };
      head.counts.chunks = 62_455;
      return Buffer.from(JSON.stringify(head));
    });
    expect((await verifySnapshot(store, INDEX_PATH))?.problems).toMatchObject([{ code: 'COUNTS_MISMATCH' }]);
  });
});
