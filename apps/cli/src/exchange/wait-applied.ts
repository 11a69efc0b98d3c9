import { setTimeout as sleep } from 'node:timers/promises';
import { appliedDeltasV1, assertReadable, manifestV1, type DocumentContract } from '@alluvium/contracts';
import { readHead, readObject, type ObjectStore } from '@alluvium/vector-store';
import { CliError, exitCodes } from '../cli-error.ts';

const POLL_MS = 500;
/** A publish of full size takes less. */
const PATIENCE_MS = 600_000;

const readJson = async <T>(
  store: ObjectStore,
  key: string,
  contract: DocumentContract<T>,
): Promise<T | undefined> => {
  const object = await readObject(store, key);
  return object && assertReadable(contract, JSON.parse(Buffer.from(object.body).toString('utf8')));
};

// Objects of a version that others replaced meanwhile may be gone; the next look finds the newer one.
const appliedOf = async (store: ObjectStore, manifestKey: string, runId: string): Promise<Set<string>> => {
  const manifest = await readJson(store, manifestKey, manifestV1);
  const applied = manifest && (await readJson(store, manifest.publish.applied.key, appliedDeltasV1));
  const own = applied?.runs.filter((run) => run.runId === runId) ?? [];
  return new Set(own.flatMap(({ parts }) => parts.map(({ deltaId }) => deltaId)));
};

/** What to wait for. */
export interface AwaitedDeltas {
  store: ObjectStore;
  indexPath: string;
  runId: string;
  deltaIds: readonly string[];
}

/** Waits until every delta is in the snapshot, and returns its version. Error: unreachable, when nothing moves any more. */
export const waitApplied = async (
  { store, indexPath, runId, deltaIds }: AwaitedDeltas,
  onApplied: (done: number) => void,
): Promise<number> => {
  let seen: string | undefined;
  let done = 0;
  let giveUpAt = Date.now() + PATIENCE_MS;
  while (Date.now() < giveUpAt) {
    const { head } = (await readHead(store, indexPath)) ?? {};
    if (head?.manifestKey !== undefined && head.manifestKey !== seen) {
      const applied = await appliedOf(store, head.manifestKey, runId);
      done = deltaIds.filter((deltaId) => applied.has(deltaId)).length;
      onApplied(done);
      if (done === deltaIds.length) return head.version;
      seen = head.manifestKey;
      giveUpAt = Date.now() + PATIENCE_MS;
    }
    await sleep(POLL_MS);
  }
  throw new CliError(
    `${done} of ${deltaIds.length} deltas are in the snapshot, and nothing has moved for ten minutes.`,
    exitCodes.unreachable,
    'Look at the log of the compactor; what it refused is in delta.rejected events.',
  );
};
