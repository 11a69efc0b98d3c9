import { announceChange } from './operations/announce-change.ts';
import type { OperationDeps } from './ports.ts';

/** An operation that was noted so long ago is over: a function lives 15 minutes. */
const LATE_MS = 20 * 60_000;

/** Announces changes whose process died before it could, as the current version has them. May happen twice: it tells the same. */
export const announceLate = async (
  deps: Pick<OperationDeps, 'changes' | 'clock' | 'store' | 'objects' | 'bus' | 'runtime'>,
): Promise<void> => {
  const nowMs = deps.clock.nowMs();
  for (const note of await deps.changes.all()) {
    const { indexPath, operationId, notedAtMs } = note;
    if (nowMs - notedAtMs < LATE_MS) continue;
    deps.runtime.logger.warn('A change of an index is announced late', { ...note });
    const cause = { correlationId: operationId };
    await announceChange(deps, indexPath, { kind: 'rollback', applied: [] }, cause);
    await deps.changes.remove(note);
  }
};
