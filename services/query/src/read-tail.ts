import { hasCode, isPipelineError, sha256Hex, PipelineError } from '@alluvium/contracts';
import { mapLimit } from '@alluvium/lambda-kit';
import {
  openTailDelta,
  readObject,
  unappliedDeltas,
  type ObjectStore,
  type Snapshot,
  type TailDelta,
} from '@alluvium/vector-store';
import { chooseTail, type PendingDelta } from './domain/pending-delta.ts';
import type { QueryDeps } from './ports.ts';

const READS_AT_ONCE = 16;

/** What is searched beside the snapshot. */
export interface Tail {
  deltas: TailDelta[];
  /** Chunks in them. */
  chunks: number;
  /** Deltas that are pending and not searched: over the limits, or not readable. */
  omitted: number;
}

/** Of a search that asks for no tail. */
export const NO_TAIL: Tail = { deltas: [], chunks: 0, omitted: 0 };

const load = async (
  store: ObjectStore,
  indexPath: string,
  { key, deltaId, sha256 }: PendingDelta,
): Promise<TailDelta> => {
  const object = await readObject(store, key);
  if (object === undefined || sha256Hex(object.body) !== sha256)
    throw new PipelineError(`The delta ${key} is ${object ? 'another one than was announced' : 'gone'}`, {
      code: object ? 'OBJECT_CORRUPT' : 'OBJECT_MISSING',
      kind: 'corrupt',
      details: { key, deltaId },
    });
  return openTailDelta(object.body, { key, deltaId, indexPath });
};

// What can never be read: the compactor rejects it, and a search goes on without it.
const isPoison = (error: unknown): boolean =>
  isPipelineError(error) && ['corrupt', 'invalid'].includes(error.kind) && !hasCode(error, 'STORE_DENIED');

const loadLeniently = async (
  { runtime }: QueryDeps,
  loading: Promise<TailDelta>,
  deltaId: string,
): Promise<TailDelta | undefined> => {
  try {
    return await loading;
  } catch (error) {
    if (!isPoison(error)) throw error;
    runtime.logger.warn('A delta of the tail cannot be searched', { deltaId, error: error as Error });
    return undefined;
  }
};

/** A delta, opened once for all queries; undefined when it never can be. Errors: those of the store. */
const openDelta = (
  deps: QueryDeps,
  store: ObjectStore,
  { indexPath, delta }: { indexPath: string; delta: PendingDelta },
): Promise<TailDelta | undefined> => {
  const { deltas } = deps.residents;
  const key = `${indexPath}#${delta.deltaId}`;
  const known = deltas.get(key);
  if (known) return known;
  const opening = loadLeniently(deps, load(store, indexPath, delta), delta.deltaId);
  deltas.set(key, opening, delta.bytes);
  opening.catch(() => {
    deltas.delete(key);
  });
  return opening;
};

/** Opens those of the pending deltas that the snapshot does not have. Errors: those of the store. */
export const readTail = async (
  deps: QueryDeps,
  store: ObjectStore,
  {
    indexPath,
    snapshot,
    pending,
  }: { indexPath: string; snapshot: Snapshot | undefined; pending: PendingDelta[] },
): Promise<Tail> => {
  const { chosen, omitted } = chooseTail(await unappliedDeltas(store, snapshot, pending), deps.tailLimits);
  const opened = await mapLimit(chosen, READS_AT_ONCE, (delta) =>
    openDelta(deps, store, { indexPath, delta }),
  );
  const deltas = opened.filter((delta) => delta !== undefined);
  return {
    deltas,
    chunks: deltas.reduce((sum, { chunks }) => sum + chunks, 0),
    omitted: omitted.length + chosen.length - deltas.length,
  };
};
