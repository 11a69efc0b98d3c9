import { describe, expect, it } from '@jest/globals';
import { packContainer } from '../src/bytes/container.ts';
import { denseQuery, rowSimilarity, scanRows } from '../src/search/dense-scan.ts';
import { memoryObjectStore } from '../src/index.ts';
import { wasmKernel } from '../src/kernel/wasm-kernel.ts';
import { SEGMENT_FORMAT } from '../src/segment/segment-format.ts';
import { SegmentReader } from '../src/segment/segment-reader.ts';
import { TopK } from '../src/search/top-k.ts';
import { bytesOf } from '../src/bytes/typed-bytes.ts';
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

const opened = async (
  change: (bytes: Uint8Array) => Uint8Array = (bytes) => bytes,
): Promise<SegmentReader> => {
  const store = memoryObjectStore();
  const { bytes, planes } = packContainer(SEGMENT_FORMAT, [
    { name: 'rows', bytes: bytesOf(components) },
    { name: 'scales', bytes: bytesOf(scales) },
  ]);
  await store.put('one.seg', change(bytes));
  const counts = { documents: 1, chunks: ROWS, tombstones: 0, terms: 0 };
  return new SegmentReader(store, {
    key: 'one.seg',
    sizeBytes: bytes.length,
    sha256: '',
    planes,
    ...counts,
  });
};

describe('a segment larger than one range read', () => {
  it('is scanned where it was read, and scores as its rows do', async () => {
    const planes = await (await opened()).group('scan', { requests: 0, bytes: 0 });
    expect(Buffer.compare(bytesOf(planes.components), bytesOf(components))).toBe(0);
    expect(planes.scales).toEqual(scales);
    // Memory of the kernel begins with its own data.
    expect(planes.components.byteOffset).toBeGreaterThan(0);
    const query = denseQuery(vectorOf(1, DIMS));
    const [exact, best] = [new TopK(10), new TopK(10)];
    for (let row = 0; row < ROWS; row += 1)
      exact.push(row, rowSimilarity(query, { components, scales }, row));
    scanRows(query, planes, { best, base: 0, mask: undefined, kernel: wasmKernel });
    expect(best.sorted()).toEqual(exact.sorted());
  });

  it.each([
    ['shortened', (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 5)],
    ['changed', (bytes: Uint8Array) => bytes.with(bytes.length - 5, 99)],
  ])('is refused when it is %s', async (_name, change) => {
    const segment = await opened(change);
    await expect(segment.group('scan', { requests: 0, bytes: 0 })).rejects.toMatchObject({
      code: 'SEGMENT_CORRUPT',
    });
  });
});
