import { PipelineError } from '@alluvium/contracts';
import type { Clock } from '../clock.ts';
import { settleLeaseWrite } from './lease-settlement.ts';
import type { LeaseItem, LeaseKey, LeaseTable } from './lease-table.ts';

/** Heartbeats come four to a lease. */
const HEARTBEAT_MS = 15_000;

export interface LeaseHandles {
  table: LeaseTable;
  clock: Clock;
  /** A new unique string on every call. */
  newId: () => string;
}

/**
 * A held lease. It saves others work; what protects the data is its `fence` in the conditions of the writes.
 */
export class Lease {
  readonly key: LeaseKey;
  readonly owner: string;
  readonly fence: number;
  readonly #handles: LeaseHandles;
  readonly #leaseMs: number;
  #rvn: string;
  #deadlineMs: number;
  #lost: PipelineError | undefined;
  // Renewals whose answer was lost may land later; by their rvn they are known as ours.
  readonly #unanswered = new Map<string, number>();

  constructor(handles: LeaseHandles, key: LeaseKey, item: LeaseItem, startedMs: number) {
    this.key = key;
    this.owner = item.owner ?? '';
    this.fence = item.fence;
    this.#handles = handles;
    this.#leaseMs = item.leaseMs;
    this.#rvn = item.rvn;
    this.#deadlineMs = startedMs + item.leaseMs;
  }

  /** Throws LEASE_LOST (fenced) once the lease was taken away or its time has passed by the monotonic clock. */
  check(): void {
    if (this.#lost) throw this.#lost;
    if (this.#handles.clock.monotonicMs() >= this.#deadlineMs) throw this.#lose('its time has passed');
  }

  /** Errors: LEASE_LOST (fenced), STORE_UNAVAILABLE (repeat while `check` passes). */
  async renew(): Promise<void> {
    this.check();
    const { clock, newId } = this.#handles;
    const startedMs = clock.monotonicMs();
    const nextRvn = newId();
    this.#unanswered.set(nextRvn, startedMs);
    const { item, failure } = await settleLeaseWrite(this.#handles.table, this.key, {
      kind: 'renew',
      owner: this.owner,
      rvn: this.#rvn,
      nextRvn,
      nowMs: clock.nowMs(),
      leaseMs: this.#leaseMs,
    });
    this.#adopt(item);
    if (item?.rvn === nextRvn) return;
    // Another renewal of ours landed in between; it extended the lease as well.
    this.check();
    if (failure !== undefined) throw failure;
  }

  #adopt(item: LeaseItem | undefined): void {
    if (item?.state !== 'HELD' || item.owner !== this.owner)
      throw this.#lose(`it is ${item?.state ?? 'gone'} with fence ${item?.fence ?? 0}`);
    const startedMs = this.#unanswered.get(item.rvn);
    if (startedMs === undefined) return;
    this.#rvn = item.rvn;
    this.#deadlineMs = Math.max(this.#deadlineMs, startedMs + this.#leaseMs);
    this.#unanswered.clear();
  }

  #lose(what: string): PipelineError {
    this.#lost ??= new PipelineError(`Lease ${this.key.pk} (fence ${this.fence}) is lost: ${what}`, {
      code: 'LEASE_LOST',
      kind: 'fenced',
      details: { ...this.key, fence: this.fence, owner: this.owner },
    });
    return this.#lost;
  }

  /** Gives the lease back; the fence stays. False when it was no longer ours. Error: STORE_UNAVAILABLE. */
  async release(): Promise<boolean> {
    const nextRvn = this.#handles.newId();
    this.#lost ??= this.#lose('it was released');
    const change = { kind: 'release' as const, owner: this.owner, rvn: this.#rvn, nextRvn };
    const first = await settleLeaseWrite(this.#handles.table, this.key, change);
    const current = first.item;
    if (current?.rvn === nextRvn) return true;
    if (current?.owner !== this.owner) return false;
    if (first.failure !== undefined) throw first.failure;
    // A late renewal of ours replaced the rvn.
    const again = await settleLeaseWrite(this.#handles.table, this.key, { ...change, rvn: current.rvn });
    return again.item?.rvn === nextRvn;
  }

  /** Renews on a timer until stopped; a loss shows in `check`. Returns the stop function. */
  keepAlive(everyMs: number = HEARTBEAT_MS): () => void {
    const timer = setInterval(() => {
      // Both outcomes that matter are kept: a loss in #lost, a silent store by the deadline.
      this.renew().catch(() => undefined);
    }, everyMs);
    timer.unref();
    return () => clearInterval(timer);
  }
}
