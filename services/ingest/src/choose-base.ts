import { sourceStateV1, type PointerV1 } from '@alluvium/contracts';
import { mapLimit } from '@alluvium/lambda-kit';
import { DELETION_SETTLES_MS, IN_FLIGHT_TRUST_MS, partKeyOf, type PartRef } from './domain/unchanged.ts';
import { leftoverOf, withoutValidators, type Leftover } from './domain/crawl-progress.ts';
import type { Generation, IngestDeps } from './ports.ts';

/** Generations that are looked through; what is older is taken for good, unless a rollback may have taken it out. */
const MAX_GENERATIONS = 16;

const READS_AT_ONCE = 8;
/** By how much the clocks of two machines may differ, and far more. */
const CLOCKS_DIFFER_MS = 1_200_000;

const LONGEST_CRAWL_MS = 24 * 3600 * 1000;

type BaseDeps = Pick<IngestDeps, 'generations' | 'checkpoints' | 'runs' | 'runtime' | 'objects'>;

/** A generation, and what is known of it. */
interface Crawled {
  generation: Generation;
  startedAtMs: number;
  /** Each of its parts is in the index or on its way there. */
  isSettled: boolean;
}

const partsOf = ({ runId, parts }: Generation, attempt: number): PartRef[] =>
  Array.from({ length: parts }, (_, part) => ({ runId, attempt, part }));

// A part that some attempt applied is there; one that nobody heard of for a day is lost.
const lookAt = async ({ runs, checkpoints, runtime }: BaseDeps, generation: Generation): Promise<Crawled> => {
  const run = await runs.find(generation.runId);
  const attempts = run?.sealedAttempt ?? 1;
  const all = Array.from({ length: Math.max(1, attempts) }, (_, index) => partsOf(generation, index + 1));
  const fates = await checkpoints.fatesOf(all.flat());
  const isFresh = runtime.origin.nowMs() - generation.writtenAtMs < IN_FLIGHT_TRUST_MS;
  const isSettled = Array.from({ length: generation.parts }, (_, part) => part).every((part) => {
    const known = all.map((refs) => fates.get(partKeyOf(refs[part] as PartRef)));
    return known.includes('applied') || (isFresh && known.at(-1) === undefined);
  });
  return { generation, startedAtMs: run === undefined ? -Infinity : Date.parse(run.startedAt), isSettled };
};

const overlap = (left: Crawled, right: Crawled): boolean =>
  left.generation.writtenAtMs > right.startedAtMs - CLOCKS_DIFFER_MS &&
  right.generation.writtenAtMs > left.startedAtMs - CLOCKS_DIFFER_MS;

/** What a crawl begins with. */
export interface ChosenBase {
  /** None when there is nothing to build upon. */
  base?: { runId: string; state: PointerV1 };
  /** States of crawls that it is not built upon and that it cannot know: some of what they passed on may be in the index all the same. */
  doubtful?: PointerV1[];
  /** Documents, by `<entity>#<entityId>`, that were deleted since the base began. */
  deleted?: string[];
}

/** Runs that a crawl is built upon, itself among them. */
const chainOf = (newest: readonly Crawled[], found: Crawled | undefined): Set<string> => {
  const chain = new Set<string>();
  for (let next = found?.generation; next !== undefined && !chain.has(next.runId);) {
    const { runId, baseRunId } = next;
    chain.add(runId);
    next = newest.find(({ generation }) => generation.runId === baseRunId)?.generation;
  }
  return chain;
};

// What a crawl found on its way with another that went on beside it, it has left out: it stands only if the other does.
const standsBeside = (newest: readonly Crawled[], crawled: Crawled): boolean => {
  const chain = chainOf(newest, crawled);
  const others = newest.filter(({ generation }) => !chain.has(generation.runId));
  return others.every((other) => other.isSettled || !overlap(crawled, other));
};

// Crawls that failed in part, and those that went on beside others: what was over when the base began, it has seen to itself.
const besideBase = (newest: readonly Crawled[], found: Crawled | undefined): ChosenBase => {
  const chain = chainOf(newest, found);
  const sinceMs = (found?.startedAtMs ?? -Infinity) - CLOCKS_DIFFER_MS;
  const doubtful = newest
    .filter(({ generation: { runId, writtenAtMs } }) => !chain.has(runId) && writtenAtMs > sinceMs)
    .map(({ generation }) => generation.state);
  const base = found && { runId: found.generation.runId, state: found.generation.state };
  return { ...(base && { base }), ...(doubtful.length > 0 && { doubtful }) };
};

// A crawl without a base reads everything anyway. The deletion may have come to the index later than here, and after the base.
const deletedSinceBase = async (
  { generations }: BaseDeps,
  { collection, source }: { collection: string; source: string },
  found: Crawled | undefined,
): Promise<string[]> =>
  found === undefined
    ? []
    : generations.deletedSince(collection, source, found.startedAtMs - DELETION_SETTLES_MS);

/**
 * The newest state of a source that can be built upon: all that the crawl behind it passed on, and all that those
 * passed on which it was built upon, is in the index or on its way there. What lies behind a part that failed is crawled
 * again.
 */
export const chooseBase = async (
  deps: BaseDeps,
  { collection, source }: { collection: string; source: string },
): Promise<ChosenBase> => {
  const generations = await deps.generations.newest(collection, source, MAX_GENERATIONS);
  const newest = await mapLimit(generations, READS_AT_ONCE, (generation) => lookAt(deps, generation));
  const oldest = generations.at(-1);
  const isGood = new Map<string, boolean>();
  // A crawl may have begun before the rollback and ended after it.
  const sinceMs = (oldest?.writtenAtMs ?? 0) - LONGEST_CRAWL_MS;
  const rolledBackMs = await deps.generations.lastRollbackMs(collection);
  const isOlderGood = rolledBackMs === undefined || rolledBackMs < sinceMs;
  // Oldest first: a generation is judged after that which it is built upon.
  for (const crawled of newest.toReversed()) {
    const { runId, baseRunId } = crawled.generation;
    const stands = baseRunId === undefined || (isGood.get(baseRunId) ?? isOlderGood);
    isGood.set(runId, stands && crawled.isSettled && standsBeside(newest, crawled));
  }
  const found = newest.find(({ generation: { runId } }) => isGood.get(runId) === true);
  const deleted = await deletedSinceBase(deps, { collection, source }, found);
  return { ...besideBase(newest, found), ...(deleted.length > 0 && { deleted }) };
};

const loadState = async ({ objects }: BaseDeps, state: PointerV1): Promise<Leftover> =>
  leftoverOf(await objects.readDocument(sourceStateV1, state));

/**
 * What a crawl begins with, read. Documents that doubtful crawls have seen otherwise are known without a validator: they are read again
 * where they are, and deleted where they are gone. Those that somebody deleted since are read again as well.
 */
export const loadLeftover = async (
  deps: BaseDeps,
  { base, doubtful = [], deleted = [] }: ChosenBase,
): Promise<Leftover> => {
  const leftover: Leftover = base === undefined ? { known: {} } : await loadState(deps, base.state);
  const others = await mapLimit(doubtful, READS_AT_ONCE, (state) => loadState(deps, state));
  const seenOtherwise = others
    .flatMap(({ known, resume }) => Object.entries({ ...known, ...resume?.seen }))
    .filter(([key, validator]) => leftover.known[key] !== validator)
    .map(([key]): [string, string] => [key, '']);
  const known = { ...leftover.known, ...Object.fromEntries(seenOtherwise) };
  return withoutValidators({ ...leftover, known }, deleted);
};
