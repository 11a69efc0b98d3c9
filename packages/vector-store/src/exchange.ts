/** Open formats for moving an index elsewhere and in: kept apart, so that what runs in Lambda does not carry them. */
export { type ImportOptions } from './exchange/assemble-documents.ts';
export { recordsOf, type ExchangeMeta, type ExchangeRecord } from './exchange/exchange-record.ts';
export { importDeltas, type ImportTarget } from './exchange/import-deltas.ts';
export { fromJsonl, toJsonl, type JsonlOptions } from './exchange/jsonl.ts';
export { fromParquet, type RandomAccessFile } from './exchange/parquet-read.ts';
export { toParquet, type ParquetOptions } from './exchange/parquet-write.ts';
