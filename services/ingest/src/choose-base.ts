import { sourceStateV1, type PointerV1 } from '@alluvium/contracts';
import { mapLimit } from '@alluvium/lambda-kit';
import { IN_FLIGHT_TRUST_MS, partKeyOf, type PartRef } from './domain/unchanged.ts';
import { leftoverOf, type Leftover } from './domain/crawl-progress.ts';
import type { Generation, IngestDeps } from './ports.ts';

/** Generations that are looked through; what is older is taken for good, unless a rollback may have taken it out. */
const MAX_GENERATIONS = 16;

const READS_AT_ONCE = 8;

const LONGEST_CRAWL_MS = 24 * 3600 * 1000;

type BaseDeps = Pick<IngestDeps, 'generations' | 'checkpoints' | 'runs' | 'runtime' | 'objects'>;

const partsOf = ({ runId, parts }: Generation, attempt: number): PartRef[] =>
  Array.from({ length: parts }, (_, part) => ({ runId, attempt, part }));

// A part that some attempt applied is there; one that nobody heard of for a day is lost.
const isSettled = async (
  { runs, checkpoints, runtime }: BaseDeps,
  generation: Generation,
): Promise<boolean> => {
  const attempts = (await runs.find(generation.runId))?.sealedAttempt ?? 1;
  const all = Array.from({ length: Math.max(1, attempts) }, (_, index) => partsOf(generation, index + 1));
  const fates = await checkpoints.fatesOf(all.flat());
  const isFresh = runtime.origin.nowMs() - generation.writtenAtMs < IN_FLIGHT_TRUST_MS;
  return Array.from({ length: generation.parts }, (_, part) => part).every((part) => {
    const known = all.map((refs) => fates.get(partKeyOf(refs[part] as PartRef)));
    return known.includes('applied') || (isFresh && known.at(-1) === undefined);
  });
};

/** What a crawl begins with. */
export interface ChosenBase {
  /** None when there is nothing to build upon. */
  base?: { runId: string; state: PointerV1 };
  /** States of newer crawls that cannot be built upon: some of what they passed on may be in the index all the same. */
  doubtful?: PointerV1[];
}

const splitAt = (newest: readonly Generation[], isGood: (generation: Generation) => boolean): ChosenBase => {
  const first = newest.findIndex(isGood);
  const found = newest[first];
  const doubtful = newest.slice(0, first === -1 ? newest.length : first).map(({ state }) => state);
  return {
    ...(found === undefined ? {} : { base: { runId: found.runId, state: found.state } }),
    ...(doubtful.length === 0 ? {} : { doubtful }),
  };
};

/**
 * The newest state of a source that can be built upon: all that the crawl behind it passed on, and all that those
 * passed on which it was built upon, is in the index or on its way there. What lies behind a part that failed is crawled
 * again.
 */
export const chooseBase = async (
  deps: BaseDeps,
  { collection, source }: { collection: string; source: string },
): Promise<ChosenBase> => {
  const newest = await deps.generations.newest(collection, source, MAX_GENERATIONS);
  const oldest = newest.at(-1);
  const isGood = new Map<string, boolean>();
  // A crawl may have begun before the rollback and ended after it.
  const sinceMs = (oldest?.writtenAtMs ?? 0) - LONGEST_CRAWL_MS;
  const rolledBackMs = await deps.generations.lastRollbackMs(collection);
  const isOlderGood = rolledBackMs === undefined || rolledBackMs < sinceMs;
  // Oldest first: a generation is judged after that which it is built upon.
  for (const generation of newest.toReversed()) {
    const { runId, baseRunId } = generation;
    const stands = baseRunId === undefined || (isGood.get(baseRunId) ?? isOlderGood);
    isGood.set(runId, stands && (await isSettled(deps, generation)));
  }
  return splitAt(newest, ({ runId }) => isGood.get(runId) === true);
};

const loadState = async ({ objects }: BaseDeps, state: PointerV1): Promise<Leftover> =>
  leftoverOf(await objects.readDocument(sourceStateV1, state));

/**
 * What a crawl begins with, read. Documents that only doubtful crawls have seen are known without a validator: they are read again
 * where they are, and deleted where they are gone.
 */
export const loadLeftover = async (
  deps: BaseDeps,
  { base, doubtful = [] }: ChosenBase,
): Promise<Leftover> => {
  const leftover: Leftover = base === undefined ? { known: {} } : await loadState(deps, base.state);
  const others = await mapLimit(doubtful, READS_AT_ONCE, (state) => loadState(deps, state));
  const keys = others.flatMap(({ known, resume }) => Object.keys({ ...known, ...resume?.seen }));
  const overlooked = Object.fromEntries(keys.map((key) => [key, '']));
  return { ...leftover, known: { ...overlooked, ...leftover.known } };
};
