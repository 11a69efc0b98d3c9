import { PipelineError } from '@alluvium/contracts';
import type { Operation } from '@alluvium/lambda-kit';
import { indexLeaseKey } from '@alluvium/vector-store';
import type { OperationDeps } from '../ports.ts';
import { targetIndex } from './target-index.ts';

/** break-lock: takes the lease of an index from whoever holds it, as it was seen where `rvn` says so. */
export const breakLock =
  (deps: Pick<OperationDeps, 'store' | 'leases'>): Operation =>
  async ({ rvn, dryRun }, request) => {
    const { indexPath } = await targetIndex(deps, request);
    const key = indexLeaseKey(indexPath);
    const item = await deps.leases.read(key);
    if (item?.state !== 'HELD') return { summary: 'The lock is free; there is nothing to break.' };
    if (rvn !== undefined && rvn !== item.rvn)
      throw new PipelineError(`The lock of ${indexPath} is no longer as it was seen; look again`, {
        code: 'LEASE_CHANGED',
        kind: 'conflict',
        details: { indexPath, seen: rvn, rvn: item.rvn },
      });
    const holder = `${item.runId ?? 'a compactor'} with fence ${item.fence}`;
    if (dryRun === true) return { summary: `The lock would be taken from ${holder}.` };
    const { fence } = await deps.leases.forceUnlock(key, item.rvn);
    return { summary: `The lock was taken from ${holder}; it is free, and its fence is ${fence}.` };
  };
