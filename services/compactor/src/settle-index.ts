import { hasCode } from '@alluvium/contracts';
import { parseIndexPath, readHead, type Head, type Lease, type LeaseKey } from '@alluvium/vector-store';
import { announceAndMark } from './announce.ts';
import { ringAgainAfter } from './domain/compaction-trigger.ts';
import { isDue } from './domain/choose-items.ts';
import type { RegisteredIndex } from './domain/inbox-item.ts';
import { breachesOfCommit, breachesOfError, breachesOfWaiting } from './domain/invariants.ts';
import type { CompactorDeps } from './ports.ts';
import { fanOut, hasPlainWork } from './fan-out.ts';
import { publishPending, type Task } from './round.ts';
import { tellBreaches } from './tell-breaches.ts';

/** After a lost race: whoever won needs a moment, and a machine too slow for its lease must not spin. */
const OVERTAKEN_SECONDS = 60;

const OVERTAKEN = ['FENCED', 'LEASE_LOST', 'PUBLISH_CONFLICT'];

/** Key of the lease that keeps two compactors from doing the same work. */
export const leaseKeyOf = (indexPath: string): LeaseKey => ({ pk: `lease#${indexPath}`, sk: 'lease' });

const release = async ({ runtime }: CompactorDeps, lease: Lease): Promise<void> => {
  try {
    await lease.release();
  } catch (error) {
    // It ends by itself; a failure of the work before it must not be hidden by this one.
    runtime.logger.warn('The lease could not be released', error as Error);
  }
};

const indexOf = ({ indexPath }: Pick<Task, 'indexPath'>): RegisteredIndex => ({
  indexPath,
  collection: parseIndexPath(indexPath).collection,
});

const checkCommit = async (deps: CompactorDeps, task: Task, { version, fence }: Head): Promise<void> => {
  const { indexPath, lease, before } = task;
  const after = { version, fence };
  tellBreaches(deps, indexOf(task), breachesOfCommit(after, { before, leaseFence: lease.fence }));
  // Against what all compactors saw: somebody may have put an old HEAD back.
  if (await deps.inbox.rememberHead(indexPath, after)) return;
  const message = `version ${version} under fence ${fence} is older than what was committed before`;
  tellBreaches(deps, indexOf(task), [{ invariant: 'HEAD_GOES_ON', message }]);
};

// False when another one was faster: the snapshot is in his hands.
const work = async (deps: CompactorDeps, task: Task): Promise<boolean> => {
  const { indexPath, lease, fanOut: merges } = task;
  const stop = lease.keepAlive();
  try {
    await deps.inbox.restartCount(indexPath);
    const round = await publishPending(deps, task);
    await announceAndMark(deps, indexPath, round);
    if (round.result.kind === 'committed') await checkCommit(deps, task, round.result.head);
    if (merges.ready !== undefined) await deps.compactions.close(merges.ready.compaction);
    return true;
  } catch (error) {
    tellBreaches(deps, indexOf(task), breachesOfError(error));
    if (!OVERTAKEN.some((code) => hasCode(error, code))) throw error;
    deps.runtime.logger.warn('Another compactor was faster', error as Error);
    return false;
  } finally {
    stop();
    await release(deps, lease);
  }
};

const isInOtherHands = async (deps: CompactorDeps, lease: Lease): Promise<boolean> => {
  const item = await deps.leases.read(lease.key);
  return item?.state === 'HELD' && item.owner !== lease.owner && item.expiresAtMs > deps.clock.nowMs();
};

// After the release: a doorbell that was dropped while the lease was held is made good here, by whoever held it.
const ringAgain = async (deps: CompactorDeps, index: RegisteredIndex, lease: Lease, isDone: boolean) => {
  const nowMs = deps.clock.nowMs();
  // Those that are not due were just looked for; the schedule rings for them.
  const waiting = (await deps.inbox.pending(index.indexPath)).filter((item) => isDue(item, nowMs));
  if (waiting.length === 0 || (await isInOtherHands(deps, lease))) return;
  await deps.doorbell.ring(index, isDone ? ringAgainAfter(waiting, deps.thresholds) : OVERTAKEN_SECONDS);
};

/**
 * Settles what waits in the inbox of an index: publish, announce, mark, release, and ring again for the rest. Does nothing when
 * another compactor holds the lease. Errors: STORE_UNAVAILABLE and those of kind corrupt; everything may be repeated.
 */
export const settleIndex = async (deps: CompactorDeps, index: RegisteredIndex): Promise<void> => {
  const { indexPath } = index;
  if (!(await deps.inbox.hasPending(indexPath))) return;
  const waiting = await deps.inbox.pending(indexPath);
  tellBreaches(deps, index, breachesOfWaiting(waiting, deps.clock.nowMs()));
  const merges = await fanOut(deps, index, waiting);
  if (!hasPlainWork(merges, waiting)) return;
  const before = (await readHead(deps.store, indexPath))?.head;
  const pointerFence = before?.fence ?? 0;
  const acquisition = await deps.leases.acquire(leaseKeyOf(indexPath), { pointerFence });
  if (acquisition.kind === 'held') {
    deps.runtime.logger.info('Another compactor is at work', { indexPath });
    return;
  }
  const { lease } = acquisition;
  const isDone = await work(deps, {
    ...{ indexPath, lease, fanOut: merges },
    before: { version: before?.version ?? 0, fence: pointerFence },
  });
  await ringAgain(deps, index, lease, isDone);
};
