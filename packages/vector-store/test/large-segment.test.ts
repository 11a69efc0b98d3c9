import { describe, expect, it } from '@jest/globals';
import { packContainer } from '../src/bytes/container.ts';
import { denseQuery, rowSimilarity, scanRows } from '../src/search/dense-scan.ts';
import { memoryObjectStore, residentCache } from '../src/index.ts';
import { wasmKernel } from '../src/kernel/wasm-kernel.ts';
import { SEGMENT_FORMAT } from '../src/segment/segment-format.ts';
import { SegmentReader } from '../src/segment/segment-reader.ts';
import { TopK } from '../src/search/top-k.ts';
import { packRows } from '../src/segment/row-records.ts';
import { readAllRows, readRowRanges } from '../src/segment/segment-rows.ts';
import { vectorOf } from './deltas.ts';

const [ROWS, DIMS] = [30_000, 300];

const components = new Int8Array(ROWS * DIMS).map(
  (_, index) => (Math.imul(index, 2_654_435_761) >> 20) % 128,
);
const scales = Float32Array.from({ length: ROWS }, (_, row) => {
  const squares = components
    .subarray(row * DIMS, (row + 1) * DIMS)
    .reduce((sum, value) => sum + value * value, 0);
  return 1 / Math.sqrt(squares);
});

const place = { document: 0, chunkOffset: 0, chunkLength: 0, documentOffset: 0, documentLength: 0 };

const opened = async (
  change: (bytes: Uint8Array) => Uint8Array = (bytes) => bytes,
): Promise<SegmentReader> => {
  const store = memoryObjectStore();
  const { bytes, planes } = packContainer(SEGMENT_FORMAT, [
    { name: 'rows', bytes: packRows({ components, scales }, DIMS, () => place) },
  ]);
  await store.put('one.seg', change(bytes));
  const cache = residentCache({ memoryBytes: 100_000_000 });
  return new SegmentReader(
    { store, cache, dims: DIMS },
    {
      key: 'one.seg',
      sizeBytes: bytes.length,
      sha256: '',
      planes,
      documents: 1,
      chunks: ROWS,
      tombstones: 0,
      terms: 0,
      statistics: { complete: false },
    },
  );
};

describe('a segment larger than one range read', () => {
  it('is scanned where it was read, and scores as its rows do', async () => {
    const rows = await readAllRows(await opened(), { requests: 0, bytes: 0 });
    expect(rows.scales).toEqual(scales);
    // Memory of the kernel begins with its own data.
    expect(rows.components.byteOffset).toBeGreaterThan(0);
    const query = denseQuery(vectorOf(1, DIMS));
    const [exact, best] = [new TopK(10), new TopK(10)];
    for (let row = 0; row < ROWS; row += 1)
      exact.push(row, rowSimilarity(query, { components, scales }, row));
    scanRows(query, rows, { best, positionOf: (row) => row, mask: undefined, kernel: wasmKernel });
    expect(best.sorted()).toEqual(exact.sorted());
  });

  it.each([
    ['shortened', (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 5)],
    ['changed', (bytes: Uint8Array) => bytes.with(bytes.length - 5, 99)],
  ])('is refused when it is %s', async (_name, change) => {
    const segment = await opened(change);
    await expect(readAllRows(segment, { requests: 0, bytes: 0 })).rejects.toMatchObject({ kind: 'corrupt' });
    const last = [[ROWS - 1, ROWS]] as const;
    await expect(readRowRanges(segment, last, { requests: 0, bytes: 0 })).rejects.toMatchObject({
      kind: 'corrupt',
    });
  });
});
