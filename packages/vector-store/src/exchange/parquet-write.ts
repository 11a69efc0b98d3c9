import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { DeltaDocument } from '../delta/delta.ts';
import { recordsOf, type ExchangeRecord } from './exchange-record.ts';
import { PARQUET_COLUMNS } from './parquet-columns.ts';

// A number of a vector takes about ten times its four bytes while a group is encoded.
const GROUP_BYTES = 8_000_000;
const RECORD_BYTES = 200;

/** How a Parquet file is written. */
export interface ParquetOptions {
  /** Vectors and texts of a row group, about; default 8 MB. */
  groupBytes?: number;
}

const sizeOf = ({ vector, meta }: ExchangeRecord): number =>
  RECORD_BYTES + (vector?.byteLength ?? 0) + (meta.text?.length ?? 0);

class ParquetStream {
  readonly #bytes = new ByteWriter();
  readonly #file = new ParquetWriter({
    writer: this.#bytes,
    schema: [
      { name: 'root', num_children: PARQUET_COLUMNS.length },
      ...PARQUET_COLUMNS.flatMap(({ schema }) => schema),
    ],
    createdBy: 'alluvium',
  });

  async group(records: readonly ExchangeRecord[]): Promise<Uint8Array> {
    await this.#file.write({
      rowGroupSize: records.length,
      columnData: PARQUET_COLUMNS.map(({ name, valueOf }) => ({
        name,
        data: records.map(valueOf),
        // Components of vectors neither repeat nor compress, and nobody asks for their range.
        ...(name === 'vector' && { encoding: 'PLAIN', codec: 'UNCOMPRESSED', statistics: false }),
      })),
    });
    return this.#take();
  }

  async end(): Promise<Uint8Array> {
    await this.#file.finish();
    return this.#take();
  }

  #take(): Uint8Array {
    const taken = this.#bytes.getBytes().slice();
    // The offset counts on: it is what the file's footer points with.
    this.#bytes.index = 0;
    return taken;
  }
}

/**
 * Documents as a Parquet file, one row for each chunk, with the vector as list<float>; pieces of bytes in order, one row group at a
 * time in memory. Everything survives but lone surrogates, which UTF-8 has no place for: they become U+FFFD.
 */
export async function* toParquet(
  documents: AsyncIterable<DeltaDocument>,
  { groupBytes = GROUP_BYTES }: ParquetOptions = {},
): AsyncIterable<Uint8Array> {
  const stream = new ParquetStream();
  let records: ExchangeRecord[] = [];
  let sizeBytes = 0;
  for await (const document of documents)
    for (const record of recordsOf(document)) {
      records.push(record);
      sizeBytes += sizeOf(record);
      if (sizeBytes < groupBytes) continue;
      yield await stream.group(records);
      [records, sizeBytes] = [[], 0];
    }
  if (records.length > 0) yield await stream.group(records);
  yield await stream.end();
}
