import {
  documentKey,
  splitDocumentKey,
  type CrawlBase,
  type CrawlPage,
  type Json,
  type SourceRecord,
} from '@alluvium/connectors';
import type { CrawlPageV1, PointerV1, RawRecordV1, SourceStateV1 } from '@alluvium/contracts';
import type { Position } from './cut-parts.ts';

/** What a crawl leaves to the next one. */
export interface Leftover {
  state?: Json;
  known: Record<string, string>;
  /** Where a crawl goes on that the source cut short. */
  resume?: { cursor?: Json; plan?: Json; seen: Record<string, string> };
}

/** What a page tells beside its records. */
export interface PageProgress {
  seen: Record<string, string>;
  cursor?: Json;
  plan?: Json;
  end?: CrawlPage['end'];
  /** The source wanted its peace: the run ends here, and the next one goes on. */
  cut?: boolean;
  /** Of the first page: what the crawl begins with, and what newer crawls that failed in part have left. */
  base?: { runId: string; state: PointerV1 };
  doubtful?: PointerV1[];
  /** Of the first page: documents, by `<entity>#<entityId>`, that were deleted behind the source's back. */
  deleted?: string[];
}

/** A crawl's pages, taken together. */
export interface CrawlProgress {
  pages: CrawlPageV1[];
  seen: Record<string, string>;
  cursor?: Json;
  plan?: Json;
  end?: CrawlPage['end'];
  cut: boolean;
  /** Sequence of the next record. */
  sequence: number;
}

/** Opaque to the schema, which knows no values of any kind. */
export const progressOf = (page: CrawlPageV1): PageProgress => page.progress as unknown as PageProgress;

/** {@link progressOf}, the other way. */
export const asProgress = (progress: PageProgress): CrawlPageV1['progress'] =>
  progress as unknown as CrawlPageV1['progress'];

/** What a stored state holds. */
export const leftoverOf = (state: SourceStateV1): Leftover => state.checkpoint as unknown as Leftover;

/** The leftover without the validators of some documents: they are read again where they are. */
export const withoutValidators = (leftover: Leftover, keys: readonly string[]): Leftover => {
  const blank = (all: Record<string, string>): Record<string, string> => ({
    ...all,
    ...Object.fromEntries(keys.filter((key) => key in all).map((key) => [key, ''])),
  });
  const { known, resume } = leftover;
  return {
    ...leftover,
    known: blank(known),
    ...(resume !== undefined && { resume: { ...resume, seen: blank(resume.seen) } }),
  };
};

/** A crawl that begins, or goes on where the source cut the last one short. */
export const beginning = ({ resume }: Leftover): CrawlProgress => ({
  pages: [],
  seen: { ...resume?.seen },
  ...(resume?.cursor === undefined ? {} : { cursor: resume.cursor }),
  ...(resume?.plan === undefined ? {} : { plan: resume.plan }),
  cut: false,
  sequence: 0,
});

/** Takes one more page; pages come in order. */
export const advance = (progress: CrawlProgress, page: CrawlPageV1): void => {
  const { seen, cursor, plan, end, cut = false } = progressOf(page);
  progress.pages.push(page);
  Object.assign(progress.seen, seen);
  progress.sequence += page.records.length;
  progress.cut = cut;
  if (cursor !== undefined) progress.cursor = cursor;
  if (plan !== undefined) progress.plan = plan;
  if (end !== undefined) progress.end = end;
};

const keyOf = ({ entity, entityId }: SourceRecord): string | undefined =>
  entity === undefined || entityId === undefined ? undefined : documentKey(entity, entityId);

/** The records of a step that the crawl has not had in this very form: pages that move show some twice. */
export const freshRecords = ({ seen }: CrawlProgress, page: CrawlPage): SourceRecord[] =>
  page.records.filter((record) => {
    const key = keyOf(record);
    const validator = key === undefined ? undefined : page.seen[key];
    return key === undefined || validator === undefined || validator === '' || seen[key] !== validator;
  });

/** Records that delete what was known and is no longer there. A source that suddenly lists nothing is not believed. */
const deletions = ({ seen, end }: CrawlProgress, { known }: CrawlBase): SourceRecord[] => {
  if (end?.complete !== true || Object.keys(seen).length === 0) return [];
  return Object.keys(known)
    .filter((key) => !(key in seen))
    .map((key) => ({ path: key, ...splitDocumentKey(key), deleted: true }));
};

/** The records with their places in the run. */
export const numbered = (records: readonly SourceRecord[], first: number): RawRecordV1[] =>
  records.map((record, index) => ({ sequence: first + index, ...record }));

/** True once no step is to be made any more. */
export const isOver = ({ end, cut }: CrawlProgress): boolean => end !== undefined || cut;

/** The records that follow from what the pages tell together; they lie behind the last page. */
export const closingRecords = (progress: CrawlProgress, base: CrawlBase): RawRecordV1[] =>
  numbered(deletions(progress, base), progress.sequence);

/** Where the crawl stands behind a record: a page counts as a file. */
export const positionBehind = ({ pages }: CrawlProgress, { sequence }: RawRecordV1): Position => {
  let first = 0;
  for (const [file, { records }] of pages.entries()) {
    if (sequence < first + records.length)
      return { file, record: sequence - first + 1, sequence: sequence + 1 };
    first += records.length;
  }
  return { file: pages.length, record: sequence - first + 1, sequence: sequence + 1 };
};

/** What a crawl that is over leaves to the next one. */
export const leftoverAfter = (progress: CrawlProgress, base: Leftover): Leftover => {
  const { seen, end, cursor, plan } = progress;
  const known = end?.complete === true && Object.keys(seen).length > 0 ? seen : { ...base.known, ...seen };
  if (end !== undefined) return { state: end.state, known };
  const resume = {
    seen,
    ...(cursor === undefined ? {} : { cursor }),
    ...(plan === undefined ? {} : { plan }),
  };
  return { ...(base.state === undefined ? {} : { state: base.state }), known: base.known, resume };
};
