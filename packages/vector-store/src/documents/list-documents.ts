import { uint32sOf } from '../bytes/typed-bytes.ts';
import type { SearchFilters } from '../filters/search-filters.ts';
import type { Scope } from '../search/planner.ts';
import { scopesOf } from '../search/scopes.ts';
import { TopK, type ScoredRow } from '../search/top-k.ts';
import { readOrdinals } from '../segment/read-documents.ts';
import { ordinalsOf } from '../segment/segment-format.ts';
import type { ReadMeter } from '../store/range-reads.ts';
import { segmentsOf, type TailTarget } from '../tail/search-tail.ts';
import { foundDocument, type DocumentSource, type FoundDocument } from './found-document.ts';

/** Which documents are listed. */
export interface DocumentQuery {
  filters?: SearchFilters;
  /** Documents at most. */
  limit: number;
  /** Names the page before: its `next`. */
  after?: number;
}

/** Documents in an order of their own that no publish changes: by a hash of their ids. */
export interface DocumentPage extends DocumentSource {
  documents: FoundDocument[];
  /** Documents that pass the filters, on all pages together. */
  matched: number;
  /** Names the page after this one; absent on the last. */
  next?: number;
}

/** Documents of one segment: from which position on theirs are, and which of them pass. */
interface Listed {
  scope: Scope;
  base: number;
  passing: Uint8Array;
}

const passingOf = async ({ segment, mask, matched }: Scope, read: ReadMeter): Promise<Uint8Array> => {
  const passing = new Uint8Array(ordinalsOf(segment.descriptor));
  if (matched === 0) return passing;
  const rowDocuments = uint32sOf(await segment.whole('rowDocuments', read));
  for (let row = 0; row < rowDocuments.length; row += 1)
    if (mask === undefined || mask[row] === 1) passing[rowDocuments[row] as number] = 1;
  return passing;
};

const listed = async (scopes: readonly Scope[], read: ReadMeter): Promise<Listed[]> => {
  const all = await Promise.all(scopes.map((scope) => passingOf(scope, read)));
  let base = 0;
  return scopes.map((scope, index) => {
    const passing = all[index] as Uint8Array;
    const one = { scope, base, passing };
    base += passing.length;
    return one;
  });
};

// The first 52 bits of the plane's 64: a number holds them, and two of 10^6 documents share them once in 10^4 indexes.
const orderOf = (keys: Uint32Array, ordinal: number): number =>
  (keys[2 * ordinal] as number) * 2 ** 20 + ((keys[2 * ordinal + 1] as number) >>> 12);

const count = (passing: Uint8Array): number => passing.reduce((sum, pass) => sum + pass, 0);

const choose = async (all: readonly Listed[], after: number, read: ReadMeter, best: TopK): Promise<void> => {
  for (const { scope, base, passing } of all) {
    if (!passing.includes(1)) continue;
    const keys = uint32sOf(await scope.segment.whole('documentKeys', read));
    for (let ordinal = 0; ordinal < passing.length; ordinal += 1) {
      if (passing[ordinal] !== 1) continue;
      const order = orderOf(keys, ordinal);
      if (order > after) best.push(base + ordinal, -order);
    }
  }
};

const fetch = async (
  all: readonly Listed[],
  chosen: readonly ScoredRow[],
  read: ReadMeter,
): Promise<FoundDocument[]> => {
  const found = new Map<number, FoundDocument>();
  await Promise.all(
    all.map(async ({ scope: { segment }, base, passing }) => {
      const ordinals = chosen
        .map(({ position }) => position - base)
        .filter((ordinal) => ordinal >= 0 && ordinal < passing.length);
      for (const document of await readOrdinals(segment, ordinals, read))
        found.set(base + document.ordinal, foundDocument(document));
    }),
  );
  return chosen.flatMap(({ position }) => found.get(position) ?? []);
};

/**
 * Lists documents of a snapshot and its tail that pass the filters and have a chunk. A page begins after the one that `after` names,
 * whatever was published meanwhile: documents that stay are listed once. Errors: FILTER_INVALID, OBJECT_MISSING, SEGMENT_CORRUPT.
 */
export const listDocuments = async (
  { snapshot, deltas }: TailTarget,
  { filters = {}, limit, after = -1 }: DocumentQuery,
): Promise<DocumentPage> => {
  const [view, description] = [snapshot?.view, snapshot?.describe()];
  const read: ReadMeter = { requests: 0, bytes: 0 };
  const segments = await segmentsOf(view, deltas, read);
  const all = await listed(await scopesOf(segments, filters, read), read);
  // One more than is wanted says whether there is another page.
  const best = new TopK(limit + 1);
  await choose(all, after, read, best);
  const sorted = best.sorted();
  const chosen = sorted.slice(0, limit);
  const last = chosen.at(-1);
  return {
    documents: await fetch(all, chosen, read),
    matched: all.reduce((sum, { passing }) => sum + count(passing), 0),
    ...(sorted.length > limit && last && { next: -last.score }),
    ...(description && { snapshot: description }),
    read,
  };
};
