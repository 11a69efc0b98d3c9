import { PipelineError } from '@alluvium/contracts';
import { Lease, type LeaseHandles } from './lease.ts';
import { settleLeaseWrite } from './lease-settlement.ts';
import type { LeaseChange, LeaseGrant, LeaseItem, LeaseKey } from './lease-table.ts';

const LEASE_MS = 60_000;
const SKEW_MARGIN_MS = 5_000;
const ATTEMPTS = 3;

export interface LeasesOptions extends LeaseHandles {
  /** Default 60 s. */
  leaseMs?: number;
  /** How far wall clocks may differ before a steal comes too early; costs efficiency only. Default 5 s. */
  skewMarginMs?: number;
}

export interface AcquireOptions {
  /** Fence of the data that the lease guards (HEAD's), in case the lease item is gone or restored. Default 0. */
  pointerFence?: number;
  runId?: string;
}

/** `held`: somebody else has it; nothing to do. */
export type Acquisition = { kind: 'acquired'; lease: Lease } | { kind: 'held'; by: LeaseItem };

/** Leases over one table. Errors everywhere: STORE_UNAVAILABLE. */
export interface Leases {
  /** Takes a free lease, or steals one that expired. */
  acquire(key: LeaseKey, options?: AcquireOptions): Promise<Acquisition>;
  read(key: LeaseKey): Promise<LeaseItem | undefined>;
  /** An operator's act on the item as he saw it; raises the fence. Error: LEASE_CHANGED (conflict). */
  forceUnlock(key: LeaseKey, seenRvn: string): Promise<LeaseItem>;
}

interface Attempt {
  change: LeaseChange;
  grant: LeaseGrant;
}

const newGrant = (options: LeasesOptions, owner: string, request: AcquireOptions): LeaseGrant => ({
  owner,
  rvn: options.newId(),
  leaseMs: options.leaseMs ?? LEASE_MS,
  nowMs: options.clock.nowMs(),
  pointerFence: request.pointerFence ?? 0,
  ...(request.runId !== undefined && { runId: request.runId }),
});

const nextAttempt = (
  options: LeasesOptions,
  grant: LeaseGrant,
  current: LeaseItem | undefined,
): Attempt | undefined => {
  if (current?.state !== 'HELD') return { grant, change: { kind: 'acquire', grant } };
  const expiredBeforeMs = grant.nowMs - (options.skewMarginMs ?? SKEW_MARGIN_MS);
  if (current.expiresAtMs >= expiredBeforeMs) return undefined;
  const seen = { rvn: current.rvn, fence: current.fence };
  return { grant, change: { kind: 'steal', grant, seen, expiredBeforeMs } };
};

// A table restored from a backup may hand out a fence that the data has already seen.
const raiseFence = async (
  options: LeasesOptions,
  key: LeaseKey,
  { item, pointerFence }: { item: LeaseItem; pointerFence: number },
): Promise<LeaseItem | undefined> => {
  if (item.fence > pointerFence) return item;
  const nextRvn = options.newId();
  const { item: raised } = await settleLeaseWrite(options.table, key, {
    kind: 'raise-fence',
    owner: item.owner ?? '',
    rvn: item.rvn,
    nextRvn,
    fence: pointerFence + 1,
  });
  return raised?.rvn === nextRvn ? raised : undefined;
};

const acquire = async (
  options: LeasesOptions,
  key: LeaseKey,
  request: AcquireOptions,
): Promise<Acquisition> => {
  const owner = options.newId();
  let current: LeaseItem | undefined;
  let failure: Error | undefined;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const startedMs = options.clock.monotonicMs();
    const next = nextAttempt(options, newGrant(options, owner, request), current);
    if (!next) break;
    ({ item: current, failure } = await settleLeaseWrite(options.table, key, next.change));
    // By owner, not by rvn: an earlier attempt of this call may have landed late. Its time began earlier, too.
    if (current?.owner !== owner) continue;
    const item = await raiseFence(options, key, { item: current, pointerFence: request.pointerFence ?? 0 });
    if (item) return { kind: 'acquired', lease: new Lease(options, key, item, startedMs) };
    current = await options.table.read(key);
  }
  if (current?.state === 'HELD') return { kind: 'held', by: current };
  throw new PipelineError(`Lease ${key.pk} could not be acquired in ${ATTEMPTS} attempts`, {
    code: 'STORE_UNAVAILABLE',
    kind: 'unavailable',
    details: { ...key },
    cause: failure,
  });
};

const forceUnlock = async (options: LeasesOptions, key: LeaseKey, seenRvn: string): Promise<LeaseItem> => {
  const nextRvn = options.newId();
  const { item, failure } = await settleLeaseWrite(options.table, key, {
    kind: 'force-unlock',
    rvn: seenRvn,
    nextRvn,
  });
  if (item?.rvn === nextRvn) return item;
  if (failure !== undefined && item?.rvn === seenRvn) throw failure;
  throw new PipelineError(`Lease ${key.pk} is no longer as it was seen; look again`, {
    code: 'LEASE_CHANGED',
    kind: 'conflict',
    details: { ...key, seenRvn, rvn: item?.rvn },
  });
};

/** Opens the leases of a table. */
export const leases = (options: LeasesOptions): Leases => ({
  acquire: (key, request = {}) => acquire(options, key, request),
  read: (key) => options.table.read(key),
  forceUnlock: (key, seenRvn) => forceUnlock(options, key, seenRvn),
});
