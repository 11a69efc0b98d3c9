/** Key of a lease item; `sk` only where the table has a sort key. */
export interface LeaseKey {
  pk: string;
  sk?: string;
}

/**
 * The stored lease. The item is never deleted and has no TTL: `fence` must survive every holder.
 * `owner` is present while `state` is HELD.
 */
export interface LeaseItem {
  state: 'FREE' | 'HELD';
  /** Unique per acquisition. */
  owner?: string;
  /** Record version number: replaced by every write, so that a condition on it excludes every other writer. */
  rvn: string;
  /** Fencing token; one more per acquisition, never less. */
  fence: number;
  leaseMs: number;
  /** Hint for liveness, by the holder's wall clock. Safety rests on the fence alone. */
  expiresAtMs: number;
  acquiredAtMs: number;
  heartbeatAtMs: number;
  heartbeats: number;
  /** For the operator's view. */
  runId?: string;
}

/** What an acquisition writes; the fence is computed by the table. */
export interface LeaseGrant {
  owner: string;
  rvn: string;
  leaseMs: number;
  nowMs: number;
  runId?: string;
  /** Fence to start from when there is no item. */
  pointerFence: number;
}

/** One conditional write of the protocol. */
export type LeaseChange =
  /** If there is no item or it is FREE. */
  | { kind: 'acquire'; grant: LeaseGrant }
  /** If it is HELD, still as seen, and expired before `expiredBeforeMs`. */
  | { kind: 'steal'; grant: LeaseGrant; seen: { rvn: string; fence: number }; expiredBeforeMs: number }
  /** If it is HELD by `owner` at `rvn`. */
  | { kind: 'renew'; owner: string; rvn: string; nextRvn: string; nowMs: number; leaseMs: number }
  /** If it is HELD by `owner` at `rvn`: the table was restored and lags behind the pointer. */
  | { kind: 'raise-fence'; owner: string; rvn: string; nextRvn: string; fence: number }
  /** If `owner` has it at `rvn`. */
  | { kind: 'release'; owner: string; rvn: string; nextRvn: string }
  /** An operator's act, if it is still as he saw it. */
  | { kind: 'force-unlock'; rvn: string; nextRvn: string };

/** `current` is the item that made the condition fail. */
export type LeaseWrite = { done: true; item: LeaseItem } | { done: false; current: LeaseItem | undefined };

/** Storage of leases. A rejected promise of `write` leaves open whether it happened. */
export interface LeaseTable {
  /** Strongly consistent. */
  read(key: LeaseKey): Promise<LeaseItem | undefined>;
  write(key: LeaseKey, change: LeaseChange): Promise<LeaseWrite>;
}
