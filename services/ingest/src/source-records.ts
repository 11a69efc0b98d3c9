import type { Connector, CrawlPage, SourceRecord } from '@alluvium/connectors';
import { hasCode, sourceStateV1, type CrawlPageV1, type SourceStateV1 } from '@alluvium/contracts';
import { chooseBase, loadLeftover } from './choose-base.ts';
import {
  advance,
  asProgress,
  beginning,
  closingRecords,
  freshRecords,
  isOver,
  leftoverAfter,
  numbered,
  positionBehind,
  progressOf,
  type CrawlProgress,
  type Leftover,
  type PageProgress,
} from './domain/crawl-progress.ts';
import type { Position, ReadRecord } from './domain/cut-parts.ts';
import { stateKeyOf } from './domain/object-keys.ts';
import { loadSource } from './load-source.ts';
import { readPages, writePage } from './page-log.ts';
import type { IngestDeps } from './ports.ts';
import { SliceOver, type RecordSource, type Slice } from './record-source.ts';
import { controlOf, pauseOf } from './source-pause.ts';

/** Enough for one more step, whose request may be repeated, and for a part. */
const RESERVE_MS = 120_000;

interface Crawl {
  deps: IngestDeps;
  slice: Slice;
  connector: Connector;
  base: Leftover;
  baseRunId: string | undefined;
  progress: CrawlProgress;
  remainingMs: () => number;
  /** Steps that this slice made. */
  steps: number;
}

const store = async (crawl: Crawl, records: SourceRecord[], told: PageProgress): Promise<CrawlPageV1> => {
  const { deps, slice, progress } = crawl;
  const page = await writePage(deps.objects, {
    ...{ runId: slice.runId, page: progress.pages.length },
    ...{ records: numbered(records, progress.sequence), progress: asProgress(told) },
  });
  advance(progress, page);
  return page;
};

const stepOf = async ({ deps, connector, base, progress, slice }: Crawl): Promise<CrawlPage | 'cut'> => {
  const { cursor, plan } = progress;
  const { resume: _resume, ...rest } = base;
  try {
    return await connector.step({
      base: rest,
      ...(cursor === undefined ? {} : { cursor }),
      ...(plan === undefined ? {} : { plan }),
    });
  } catch (error) {
    if (!hasCode(error, 'RATE_LIMITED')) throw error;
    const { name } = slice.source;
    deps.runtime.logger.warn('The source wants its peace; the next run goes on', {
      source: name,
      error: error as Error,
    });
    return 'cut';
  }
};

const nextPage = async (crawl: Crawl): Promise<CrawlPageV1> => {
  const { progress, steps } = crawl;
  if (steps > 0 && crawl.remainingMs() < RESERVE_MS) throw new SliceOver(progress.pages.length);
  const step = await stepOf(crawl);
  crawl.steps += 1;
  if (step === 'cut') return store(crawl, [], { seen: {}, cut: true });
  const { records: _records, ...told } = step;
  return store(crawl, freshRecords(progress, step), told);
};

async function* recordsFrom(crawl: Crawl, from: Position): AsyncGenerator<ReadRecord> {
  const { progress, base } = crawl;
  for (let file = from.file; ; file += 1) {
    const isClosing = file >= progress.pages.length && isOver(progress);
    const records = isClosing
      ? closingRecords(progress, base)
      : (progress.pages[file] ?? (await nextPage(crawl))).records;
    for (const [index, record] of records.entries()) {
      if (file === from.file && index < from.record) continue;
      yield { record, next: { file, record: index + 1, sequence: record.sequence + 1 } };
    }
    if (isClosing) return;
  }
}

const finish = async ({ deps, slice, progress, base, baseRunId }: Crawl, parts: number): Promise<void> => {
  const { runId, collection, fence, source } = slice;
  const checkpoint = leftoverAfter(progress, base) as unknown as SourceStateV1['checkpoint'];
  const document = { collection, source: source.name, runId, checkpoint };
  const state = await deps.objects.writeDocument(sourceStateV1, stateKeyOf(runId), document);
  const based = baseRunId === undefined ? {} : { baseRunId };
  const writtenAtMs = deps.runtime.origin.nowMs();
  await deps.generations.add(collection, source.name, { runId, fence, parts, state, ...based, writtenAtMs });
};

const firstPage = async (deps: IngestDeps, { runId, collection, source }: Slice): Promise<CrawlPageV1> => {
  const told: PageProgress = {
    seen: {},
    ...(await chooseBase(deps, { collection, source: source.name })),
  };
  return writePage(deps.objects, { runId, page: 0, records: [], progress: asProgress(told) });
};

// A pause ends the run with what it has; the next one goes on at the same step.
const cutWhenPaused = async (crawl: Crawl): Promise<void> => {
  const { deps, slice, progress } = crawl;
  if (isOver(progress)) return;
  const reason = pauseOf(
    {},
    await controlOf(deps, { collection: slice.collection, name: slice.source.name }),
  );
  if (reason === undefined) return;
  deps.runtime.logger.info('The source is paused; the run ends', { source: slice.source.name, reason });
  await store(crawl, [], { seen: {}, cut: true });
};

/**
 * The records of a source that a connector reads. Every step is stored before the next one begins: the stored steps
 * alone decide which records the run has, and nothing is fetched twice but the step that a crash cut off.
 */
export const sourceRecords = async (
  deps: IngestDeps,
  slice: Slice,
  remainingMs: () => number,
): Promise<RecordSource> => {
  const connector = deps.connect(await loadSource(deps.objects, slice.collection, slice.source));
  const stored: CrawlPageV1[] = [];
  for await (const page of readPages(deps.objects, slice.runId)) stored.push(page);
  const [first = await firstPage(deps, slice), ...others] = stored;
  const begun = progressOf(first);
  const base = await loadLeftover(deps, begun);
  const progress = beginning(base);
  for (const page of [first, ...others]) advance(progress, page);
  const crawl: Crawl = {
    deps,
    slice,
    connector,
    base,
    baseRunId: begun.base?.runId,
    progress,
    remainingMs,
    steps: 0,
  };
  await cutWhenPaused(crawl);
  return {
    read: (from) => recordsFrom(crawl, from),
    after: (last) => positionBehind(progress, last),
    finish: (parts) => finish(crawl, parts),
  };
};
