import { sourceStateV1, type PointerV1 } from '@alluvium/contracts';
import { IN_FLIGHT_TRUST_MS, partKeyOf, type PartRef } from './domain/unchanged.ts';
import { leftoverOf, type Leftover } from './domain/crawl-progress.ts';
import type { Generation, IngestDeps } from './ports.ts';

/** Generations that are looked through; what is older is taken for good, unless a rollback may have taken it out. */
const MAX_GENERATIONS = 16;

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

/**
 * The newest state of a source that can be built upon: all that the crawl behind it passed on, and all that those
 * passed on which it was built upon, is in the index or on its way there. What lies behind a part that failed is crawled
 * again. Undefined when there is none.
 */
export const chooseBase = async (
  deps: BaseDeps,
  { collection, source }: { collection: string; source: string },
): Promise<{ runId: string; state: PointerV1 } | undefined> => {
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
  const found = newest.find(({ runId }) => isGood.get(runId) === true);
  return found === undefined ? undefined : { runId: found.runId, state: found.state };
};

/** What the state at a pointer holds; nothing without one. */
export const loadLeftover = async ({ objects }: BaseDeps, state: PointerV1 | undefined): Promise<Leftover> =>
  state === undefined ? { known: {} } : leftoverOf(await objects.readDocument(sourceStateV1, state));
