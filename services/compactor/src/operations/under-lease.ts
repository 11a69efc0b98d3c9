import { PipelineError } from '@alluvium/contracts';
import type { OperationRequest } from '@alluvium/lambda-kit';
import {
  indexLeaseKey,
  readHead,
  type Acquisition,
  type Lease,
  type LeaseItem,
  type Publisher,
} from '@alluvium/vector-store';
import type { OperationDeps } from '../ports.ts';

/** A compactor at work is waited for: most publishes take less. */
const PATIENCE_MS = 5 * 60_000;
const PAUSE_MS = 2_000;

type Deps = Pick<OperationDeps, 'store' | 'leases' | 'clock' | 'pause' | 'runtime'>;

const held = (indexPath: string, { runId, expiresAtMs }: LeaseItem): PipelineError =>
  new PipelineError(
    `${indexPath} is in other hands: ${runId ?? 'a compactor'} has the lock until ${new Date(expiresAtMs).toISOString()}`,
    { code: 'LEASE_HELD', kind: 'conflict', details: { indexPath } },
  );

const acquire = async (deps: Deps, indexPath: string, runId: string): Promise<Lease> => {
  const untilMs = deps.clock.monotonicMs() + PATIENCE_MS;
  for (;;) {
    const pointerFence = (await readHead(deps.store, indexPath))?.head.fence ?? 0;
    const acquisition: Acquisition = await deps.leases.acquire(indexLeaseKey(indexPath), {
      pointerFence,
      runId,
    });
    if (acquisition.kind === 'acquired') return acquisition.lease;
    if (deps.clock.monotonicMs() >= untilMs) throw held(indexPath, acquisition.by);
    await deps.pause(PAUSE_MS);
  }
};

/**
 * Does an operation's work under the lease of an index; waits up to five minutes for whoever has it. The lock's record names the
 * operation. Errors: LEASE_HELD, those of the work.
 */
export const underLease = async <T>(
  deps: Deps,
  indexPath: string,
  { operation, operationId }: Pick<OperationRequest, 'operation' | 'operationId'>,
  work: (writer: Publisher) => Promise<T>,
): Promise<T> => {
  const lease = await acquire(deps, indexPath, `${operation} ${operationId}`);
  const stop = lease.keepAlive();
  try {
    return await work({
      store: deps.store,
      indexPath,
      fence: lease.fence,
      checkLease: () => lease.check(),
      clock: deps.clock,
      newId: () => deps.runtime.origin.newEventId(),
    });
  } finally {
    stop();
    // It ends by itself; a failure of the work must not be hidden by this one.
    await lease.release().catch((error: unknown) => {
      deps.runtime.logger.warn('The lease could not be released', error as Error);
    });
  }
};
