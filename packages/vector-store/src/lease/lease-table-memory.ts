import type { LeaseChange, LeaseGrant, LeaseItem, LeaseKey, LeaseTable } from './lease-table.ts';

const isOwnedBy = (current: LeaseItem | undefined, { owner, rvn }: { owner: string; rvn: string }): boolean =>
  current?.owner === owner && current.rvn === rvn;

const isStealable = (
  current: LeaseItem | undefined,
  { seen, expiredBeforeMs }: Extract<LeaseChange, { kind: 'steal' }>,
): boolean =>
  current?.rvn === seen.rvn && current.fence === seen.fence && current.expiresAtMs < expiredBeforeMs;

const holds = (current: LeaseItem | undefined, change: LeaseChange): boolean => {
  if (!current) return change.kind === 'acquire';
  const isHeld = current.state === 'HELD';
  switch (change.kind) {
    case 'acquire':
      return !isHeld;
    case 'steal':
      return isHeld && isStealable(current, change);
    case 'renew':
    case 'raise-fence':
      return isHeld && isOwnedBy(current, change);
    case 'release':
      return isOwnedBy(current, change);
    case 'force-unlock':
      return current.rvn === change.rvn;
  }
};

const granted = (current: LeaseItem | undefined, grant: LeaseGrant): LeaseItem => ({
  state: 'HELD',
  owner: grant.owner,
  rvn: grant.rvn,
  fence: (current?.fence ?? grant.pointerFence) + 1,
  leaseMs: grant.leaseMs,
  expiresAtMs: grant.nowMs + grant.leaseMs,
  acquiredAtMs: grant.nowMs,
  heartbeatAtMs: grant.nowMs,
  heartbeats: 0,
  ...(grant.runId !== undefined && { runId: grant.runId }),
});

const freed = ({ owner: _owner, ...item }: LeaseItem, rvn: string, fence: number): LeaseItem => ({
  ...item,
  state: 'FREE',
  rvn,
  fence,
});

const applied = (current: LeaseItem | undefined, change: LeaseChange): LeaseItem => {
  if (change.kind === 'acquire' || change.kind === 'steal') return granted(current, change.grant);
  const item = current as LeaseItem;
  switch (change.kind) {
    case 'renew':
      return {
        ...item,
        rvn: change.nextRvn,
        expiresAtMs: change.nowMs + change.leaseMs,
        heartbeatAtMs: change.nowMs,
        heartbeats: item.heartbeats + 1,
      };
    case 'raise-fence':
      return { ...item, rvn: change.nextRvn, fence: change.fence };
    case 'release':
      return freed(item, change.nextRvn, item.fence);
    case 'force-unlock':
      return freed(item, change.nextRvn, item.fence + 1);
  }
};

/** Leases in memory: the protocol's table in plain code, against which the DynamoDB driver is judged. */
export const memoryLeaseTable = (): LeaseTable => {
  const items = new Map<string, LeaseItem>();
  const nameOf = ({ pk, sk }: LeaseKey): string => JSON.stringify([pk, sk ?? null]);
  return {
    read: async (key) => {
      await Promise.resolve();
      return structuredClone(items.get(nameOf(key)));
    },
    write: async (key, change) => {
      await Promise.resolve();
      const current = items.get(nameOf(key));
      if (!holds(current, change)) return { done: false, current: structuredClone(current) };
      const item = applied(current, change);
      items.set(nameOf(key), item);
      return { done: true, item: structuredClone(item) };
    },
  };
};
