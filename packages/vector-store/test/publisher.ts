import { publish } from '../src/index.ts';
import type { Delta, DeltaRef, ObjectStore, PublishOptions, PublishResult } from '../src/index.ts';
import { INDEX_PATH } from './deltas.ts';

let lastId = 0;

/** Ids that sort by age, as ULIDs do. */
export const newId = (): string => `P${String((lastId += 1)).padStart(9, '0')}`;

export const refOf = ({ deltaId, runId, attempt, part }: Delta): DeltaRef => ({
  deltaId,
  runId,
  attempt,
  part,
  key: `embeddings/docs/${deltaId}`,
});

export const NOW_MS = Date.parse('2026-01-01T00:00:00Z');

/** Publishes deltas held in memory. */
export const publishDeltas = (
  store: ObjectStore,
  deltas: readonly Delta[],
  options: Partial<PublishOptions> & { nowMs?: number } = {},
): Promise<PublishResult> => {
  const byId = new Map(deltas.map((delta) => [delta.deltaId, delta]));
  return publish({
    store,
    indexPath: INDEX_PATH,
    fence: 1,
    choose: async () => deltas.map(refOf),
    loadDelta: async ({ deltaId }) => {
      const delta = byId.get(deltaId);
      if (!delta) throw new Error(`no delta ${deltaId}`);
      return delta;
    },
    checkLease: () => undefined,
    clock: { nowMs: () => options.nowMs ?? NOW_MS, monotonicMs: () => 0 },
    newId,
    ...options,
  });
};

/** All of them in one version, or an error. */
export const committed = async (
  ...parameters: Parameters<typeof publishDeltas>
): Promise<Extract<PublishResult, { kind: 'committed' }>> => {
  const result = await publishDeltas(...parameters);
  if (result.kind !== 'committed') throw new Error(`nothing was committed: ${JSON.stringify(result)}`);
  return result;
};
