import { isCount, isText, listOf, optional, recordOf, wrongField } from '../bytes/json-shapes.ts';
import { parseStored } from '../snapshot/manifest.ts';
import { corruptObject } from '../store/store-errors.ts';

/** Deltas of older runs and tombstones are forgotten after this time; one horizon for both. */
export const HISTORY_HORIZON_MS = 35 * 24 * 3600 * 1000;

/** Names a delta that waits to be applied. */
export interface DeltaRef {
  deltaId: string;
  runId: string;
  attempt: number;
  part: number;
  /** Where it lies. */
  key: string;
  sha256?: string;
  sizeBytes?: number;
}

interface AppliedPart {
  part: number;
  deltaId: string;
}

/** Deltas of one run's attempt that are in the snapshot, ascending by part and deltaId. */
export interface AppliedRun {
  runId: string;
  attempt: number;
  parts: AppliedPart[];
  /** When the latest of them was applied. */
  appliedAtMs: number;
}

/** `applied-deltas.v1` (schemas/objects): all deltas that a snapshot holds. */
export interface AppliedDeltas {
  format: 'applied-deltas.v1';
  runs: AppliedRun[];
  /** Runs past the horizon: their deltas are refused as EXPIRED_RUN. */
  expired: string[];
  /** Deltas that a rollback took out: refused as REVERTED until they are let in again on purpose. `appliedAtMs`: when they were taken out. */
  reverted?: AppliedRun[];
}

/** What a delta is to a snapshot. */
export type AppliedState = 'new' | 'applied' | 'expired' | 'reverted';

/** Before the first publish. */
export const NOTHING_APPLIED: AppliedDeltas = { format: 'applied-deltas.v1', runs: [], expired: [] };

const isRun = recordOf({
  runId: isText,
  attempt: isCount,
  parts: listOf(recordOf({ part: isCount, deltaId: isText })),
  appliedAtMs: isCount,
});

const APPLIED = { runs: listOf(isRun), expired: listOf(isText), reverted: optional(listOf(isRun)) };

/** Reads the stored form. Errors: APPLIED_CORRUPT, FORMAT_UNSUPPORTED. */
export const parseApplied = (bytes: Uint8Array, key: string): AppliedDeltas => {
  const value = parseStored(bytes, 'applied-deltas.v1', key);
  const fault = wrongField(APPLIED, value);
  if (fault === undefined) return value as AppliedDeltas;
  throw corruptObject('APPLIED_CORRUPT', `${key} is corrupt: ${fault}`, { key });
};

const idsByRun = (runs: readonly AppliedRun[]): Map<string, Set<string>> => {
  const known = new Map<string, Set<string>>();
  for (const { runId, parts } of runs) {
    const ids = known.get(runId) ?? new Set();
    for (const { deltaId } of parts) ids.add(deltaId);
    known.set(runId, ids);
  }
  return known;
};

/** Looks deltas up. A delta is known by its run and id, whichever attempt delivered it. */
export const appliedLookup = ({
  runs,
  expired,
  reverted = [],
}: AppliedDeltas): ((ref: Pick<DeltaRef, 'runId' | 'deltaId'>) => AppliedState) => {
  const [known, refused] = [idsByRun(runs), idsByRun(reverted)];
  const gone = new Set(expired);
  return ({ runId, deltaId }) => {
    if (known.get(runId)?.has(deltaId)) return 'applied';
    if (refused.get(runId)?.has(deltaId)) return 'reverted';
    return gone.has(runId) ? 'expired' : 'new';
  };
};

/** `runs` without the deltas that `isGone` names, and without the runs of which nothing is left. */
export const withoutDeltas = (
  runs: readonly AppliedRun[],
  isGone: (ref: Pick<DeltaRef, 'runId' | 'deltaId'>) => boolean,
): AppliedRun[] =>
  runs
    .map((run) => ({
      ...run,
      parts: run.parts.filter(({ deltaId }) => !isGone({ runId: run.runId, deltaId })),
    }))
    .filter(({ parts }) => parts.length > 0);

const byPart = (left: AppliedPart, right: AppliedPart): number =>
  left.part - right.part || (left.deltaId < right.deltaId ? -1 : 1);

const withRef = (runs: Map<string, AppliedRun>, ref: DeltaRef, nowMs: number): void => {
  const name = JSON.stringify([ref.runId, ref.attempt]);
  const run = runs.get(name);
  const parts = [...(run?.parts ?? []), { part: ref.part, deltaId: ref.deltaId }].sort(byPart);
  runs.set(name, { runId: ref.runId, attempt: ref.attempt, parts, appliedAtMs: nowMs });
};

/** The set after a publish: `refs` added, runs past the horizon folded to their name. */
export const addApplied = (
  before: AppliedDeltas,
  refs: readonly DeltaRef[],
  nowMs: number,
): AppliedDeltas => {
  const runs = new Map(before.runs.map((run) => [JSON.stringify([run.runId, run.attempt]), run]));
  for (const ref of refs) withRef(runs, ref, nowMs);
  const isOld = ({ appliedAtMs }: AppliedRun): boolean => appliedAtMs < nowMs - HISTORY_HORIZON_MS;
  const kept = [...runs.values()].filter((run) => !isOld(run));
  const alive = new Set(kept.map(({ runId }) => runId));
  const isKnown = appliedLookup({ format: 'applied-deltas.v1', runs: kept, expired: [] });
  const reverted = withoutDeltas(before.reverted ?? [], (ref) => isKnown(ref) === 'applied');
  const folded = [...runs.values()].map(({ runId }) => runId).filter((runId) => !alive.has(runId));
  return {
    format: 'applied-deltas.v1',
    runs: kept,
    expired: [...new Set([...before.expired.filter((runId) => !alive.has(runId)), ...folded])].sort(),
    ...(reverted.length > 0 && { reverted }),
  };
};
