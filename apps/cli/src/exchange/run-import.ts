import type { IndexV1 } from '@alluvium/contracts';
import { s3Client } from '@alluvium/lambda-kit';
import { s3ObjectStore, type DeltaDocument } from '@alluvium/vector-store';
import { importDeltas, type ImportOptions } from '@alluvium/vector-store/exchange';
import type { Connection } from '../connection.ts';
import type { Progress } from '../progress.ts';
import { readExchangeFile } from './exchange-file.ts';
import { fitDocument } from './fit-document.ts';
import type { ExchangeFile } from './formats.ts';
import { sendDeltas } from './send-deltas.ts';
import { newTally, tallyDocument, type Tally } from './tally.ts';
import { waitApplied } from './wait-applied.ts';

/** A file and how it is read. */
export interface ImportSource {
  from: ExchangeFile;
  reading: ImportOptions;
  progress: Progress;
}

/** What a file holds. */
export interface CheckedFile {
  tally: Tally;
  /** Of its vectors; 0 when there is none. */
  dims: number;
}

const documentsOf = (tally: Tally): number => tally.documents + tally.deleted;

async function* readFitted({ from, reading }: ImportSource, tally: Tally): AsyncIterable<DeltaDocument> {
  for await (const document of readExchangeFile(from, reading)) {
    tallyDocument(tally, document);
    yield fitDocument(document);
  }
}

/**
 * Reads all of a file before any of it is sent: a wrong line at the end must not leave half an import behind.
 * Errors: IMPORT_INVALID, DOCUMENT_INVALID.
 */
export const checkFile = async (source: ImportSource): Promise<CheckedFile> => {
  const tally = newTally();
  let dims = 0;
  for await (const { chunks } of readFitted(source, tally)) {
    dims ||= chunks[0]?.vector.length ?? 0;
    source.progress.update('checked', documentsOf(tally), 0);
  }
  source.progress.update('checked', documentsOf(tally), documentsOf(tally));
  return { tally, dims };
};

/** Where documents go. */
export interface ImportGoal {
  connection: Connection;
  collection: string;
  runId: string;
  index: IndexV1;
}

/** Stores the documents of a checked file as deltas and tells the compactor; returns the ids of the deltas. */
export const sendFile = (
  source: ImportSource,
  { tally: checked }: CheckedFile,
  { connection, collection, runId, index }: ImportGoal,
): Promise<string[]> => {
  const tally = newTally();
  const watched = async function* (): AsyncIterable<DeltaDocument> {
    for await (const document of readFitted(source, tally)) {
      source.progress.update('sent', documentsOf(tally), documentsOf(checked));
      yield document;
    }
  };
  const target = { model: index.modelId, dims: index.dims, collection, runId };
  return sendDeltas(connection, index, importDeltas(watched(), target));
};

/** Waits until all deltas can be found; returns the version of the snapshot. */
export const waitForFile = (
  { progress }: ImportSource,
  { connection, runId, index }: ImportGoal,
  deltaIds: readonly string[],
): Promise<number> => {
  const store = s3ObjectStore({ client: s3Client(), bucket: connection.bucket });
  return waitApplied({ store, indexPath: index.path, runId, deltaIds }, (done) => {
    progress.update('applied', done, deltaIds.length);
  });
};
