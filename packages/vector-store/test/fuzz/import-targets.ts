import { fromJsonl, fromParquet, importDeltas, toJsonl, toParquet } from '../../src/exchange.ts';
import type { DeltaDocument } from '../../src/index.ts';
import { collect, stream } from '../exchange/documents.ts';
import { DIMS, formatDocument } from '../format/corpus.ts';
import { mutateBytes, mutateJson } from './mutate.ts';
import { Violation } from './outcome.ts';
import type { FuzzTarget } from './target.ts';

const documents = [
  formatDocument(10, 2),
  formatDocument(12, 1),
  formatDocument(13, 1, true),
  formatDocument(14, 1),
];

const TARGET = { model: 'tiny@0123456789ab', dims: DIMS, collection: 'docs', runId: 'run' };

const isGood = (vector: Float32Array): boolean =>
  vector.length === DIMS &&
  vector.every((value) => Number.isFinite(value)) &&
  vector.some((value) => value !== 0);

const importAll = async (read: AsyncIterable<DeltaDocument>): Promise<void> => {
  for await (const delta of importDeltas(read, TARGET))
    for (const { chunks } of delta.documents)
      if (!chunks.every(({ vector }) => isGood(vector))) throw new Violation('a bad vector was imported');
};

/** Files that are imported. */
export const importTargets = async (): Promise<FuzzTarget[]> => {
  const lines = Buffer.concat(await collect(toJsonl(stream(documents))))
    .toString('utf8')
    .trimEnd()
    .split('\n');
  const parquet = Buffer.concat(await collect(toParquet(stream(documents))));
  return [
    {
      name: 'JSON lines, other values',
      run: async (random) => {
        const at = random.below(lines.length);
        const changed = JSON.stringify(mutateJson(JSON.parse(lines[at] ?? ''), random));
        const text = lines.with(at, changed).join('\n');
        await importAll(fromJsonl(stream([Buffer.from(text)]), { dims: DIMS }));
      },
    },
    {
      name: 'JSON lines, damaged',
      run: async (random) => {
        const bytes = mutateBytes(Buffer.from(lines.join('\n')), random);
        await importAll(fromJsonl(stream([bytes]), { dims: DIMS }));
      },
    },
    {
      // Its footer alone: pages are decoded by a library that a made-up count can keep busy for hours.
      name: 'Parquet, another footer',
      run: async (random) => {
        const footerAt = parquet.length - 8 - parquet.readUInt32LE(parquet.length - 8);
        const footer = mutateBytes(new Uint8Array(parquet.subarray(footerAt)), random);
        const bytes = new Uint8Array(Buffer.concat([parquet.subarray(0, footerAt), footer]));
        const file = {
          byteLength: bytes.length,
          slice: async (start: number, end?: number) => new Uint8Array(bytes.subarray(start, end)).buffer,
        };
        await importAll(fromParquet(file, { dims: DIMS }));
      },
    },
  ];
};
