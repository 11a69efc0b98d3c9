import {
  documentsFetchedV1,
  ingestionContinuedV1,
  PipelineError,
  rawRecordV1,
  runManifestV1,
  runSealedV1,
  type MetadataV1,
  type RawRecordV1,
} from '@alluvium/contracts';
import { cutParts, PART_LIMITS } from './domain/cut-parts.ts';
import type { PlannedPart, Position } from './domain/cut-parts.ts';
import { rawKeyOf, runManifestKeyOf } from './domain/object-keys.ts';
import { isUpload } from './load-upload.ts';
import type { IngestDeps, StoredPart } from './ports.ts';
import { SliceOver, type RecordSource, type Slice } from './record-source.ts';
import { sourceRecords } from './source-records.ts';
import { storeOnce } from './store-once.ts';
import { uploadRecords } from './upload-records.ts';

/** Enough to finish one part. */
const RESERVE_MS = 60_000;
/** Enough to read one more file, which may take seconds, and to store what there is. */
const CUT_SHORT_MS = 45_000;

interface Crawl {
  deps: IngestDeps;
  slice: Slice;
  metadata: MetadataV1;
  remainingMs: () => number;
  records: RecordSource;
}

const announce = ({ deps, slice, metadata }: Crawl, { part, records, raw }: StoredPart): Promise<void> => {
  const { runId, attempt, collection, source, fence } = slice;
  const fetched = { runId, attempt, part, collection, source: source.name, fence, records, raw };
  return deps.bus.publish(documentsFetchedV1, fetched, metadata);
};

const storePart = async (crawl: Crawl, part: number, planned: PlannedPart): Promise<StoredPart> => {
  const { deps, slice } = crawl;
  const key = rawKeyOf({ ...slice, part }, slice.startedAt);
  const { pointer, records, ours } = await storeOnce(deps.objects, rawRecordV1, key, planned.records);
  const last = records.at(-1) as RawRecordV1;
  // A part that an earlier attempt stored decides where the next one begins: no record is lost or read twice.
  const next = ours ? planned.next : crawl.records.after(last);
  const stored = { part, records: records.length, raw: pointer, next };
  await deps.runs.addPart(slice.runId, stored);
  return stored;
};

interface Progress {
  part: number;
  position: Position;
}

const cursorUnknown = ({ runId, cursor }: Slice): PipelineError =>
  new PipelineError(`Run ${runId} has no part ${cursor.part - 1} that the cursor could follow`, {
    code: 'CURSOR_UNKNOWN',
    kind: 'invalid',
    details: { runId, cursor },
  });

// Parts that are stored already are only announced again: a redelivery or a replay reads nothing twice.
const announceKnown = async (crawl: Crawl): Promise<Progress> => {
  const { deps, slice } = crawl;
  const { cursor } = slice;
  let part = cursor.part;
  let position: Position = { file: 0, record: 0, sequence: 0 };
  const stored = await deps.runs.partsFrom(slice.runId, Math.max(cursor.part - 1, 0));
  if (cursor.part > 0 && stored[0]?.part !== cursor.part - 1) throw cursorUnknown(slice);
  for (const known of stored) {
    if (known.part > part) break;
    position = known.next;
    if (known.part < part) continue;
    await announce(crawl, known);
    part += 1;
  }
  return { part, position };
};

const isSame = (left: Position, right: Position): boolean =>
  left.file === right.file && left.record === right.record && left.sequence === right.sequence;

const partsFrom = (crawl: Crawl, position: Position): AsyncGenerator<PlannedPart> =>
  cutParts(crawl.records.read(position), {
    ...PART_LIMITS,
    isOver: () => crawl.remainingMs() < CUT_SHORT_MS,
  });

/** Stores and announces parts until everything is read or the time is nearly over; tells where the next slice begins. */
const crawlParts = async (crawl: Crawl, start: Progress): Promise<Progress | 'done'> => {
  let { part, position } = start;
  let parts = partsFrom(crawl, position);
  for (;;) {
    const result = await parts.next();
    if (result.done === true) return 'done';
    const planned = result.value;
    const stored = await storePart(crawl, part, planned);
    await announce(crawl, stored);
    part += 1;
    position = stored.next;
    const isLast = crawl.remainingMs() < RESERVE_MS;
    if (!isLast && isSame(position, planned.next)) continue;
    await parts.return(undefined);
    if (isLast) return { part, position };
    parts = partsFrom(crawl, position);
  }
};

const seal = async ({ deps, slice, metadata, records }: Crawl): Promise<void> => {
  const { runId, attempt, collection, source, fence, startedAt } = slice;
  const stored = await deps.runs.partsFrom(runId, 0);
  await records.finish(stored.length);
  const run = { runId, attempt, collection, source, fence, startedAt };
  const parts = stored.map((part) => ({ part: part.part, records: part.records, raw: part.raw }));
  const manifest = await deps.objects.writeDocument(runManifestV1, runManifestKeyOf(runId), {
    ...run,
    parts,
  });
  const sealed = { runId, attempt, collection, total: parts.length, manifest };
  await deps.bus.publish(runSealedV1, sealed, metadata);
  await deps.runs.seal(runId, attempt);
};

type Cursor = Slice['cursor'];

const readSlice = async (crawling: Crawl): Promise<Cursor | 'done'> => {
  const start = await announceKnown(crawling);
  try {
    const progress = await crawlParts(crawling, start);
    if (progress === 'done') return 'done';
    const { part, position } = progress;
    return { part, file: position.file, record: position.record };
  } catch (error) {
    if (!(error instanceof SliceOver)) throw error;
    // What was fetched since the last part is kept by the source; the cursor says no more than that it is more than before.
    const part = (await crawling.deps.runs.partsFrom(crawling.slice.runId, start.part)).length + start.part;
    return { part, file: error.progress, record: 0 };
  }
};

/**
 * Reads a source from the slice's cursor on. A crash at any point and a redelivery lead to the same parts, since what
 * is stored already wins.
 */
export const crawl = async (
  deps: IngestDeps,
  slice: Slice,
  { metadata, remainingMs }: { metadata: MetadataV1; remainingMs: () => number },
): Promise<void> => {
  const open = isUpload(slice.source) ? uploadRecords : sourceRecords;
  const records = await open(deps, slice, remainingMs);
  const cursor = await readSlice({ deps, slice, metadata, remainingMs, records });
  if (cursor === 'done') await seal({ deps, slice, metadata, remainingMs, records });
  else await deps.bus.publish(ingestionContinuedV1, { ...slice, cursor }, metadata);
};
