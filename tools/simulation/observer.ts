import type {
  AppliedPartsV1,
  DeltaCreatedV1,
  DeltaRejectedV1,
  SnapshotPublishedV1,
} from '@alluvium/contracts';
import {
  VirtualProcess,
  type ItemWritten,
  type ObjectDeleted,
  type ObjectWritten,
  type S3Server,
  type Scheduler,
} from '@alluvium/testkit/simulation';
import { s3ObjectStore, type Head } from '@alluvium/vector-store';
import { learnCommit } from './commits.ts';
import { basisOf, readCommitted } from './committed.ts';
import { BUCKET } from './environment.ts';
import { contentKeyOf, itemName, type Facts, type HistoryChange, type IndexFacts } from './facts.ts';
import {
  booksBalance,
  chunksAreSound,
  deletedIsInvisible,
  headIsFold,
  immutable,
  reachable,
  type Committed,
} from './invariants/contents.ts';
import {
  closureIsThere,
  nothingNeededGoes,
  pastStays,
  revertedStaysOut,
  rollbackReturns,
  type PastLook,
} from './invariants/history.ts';
import { fenceGrows, noCommitBelowClaim, oneChain } from './invariants/head-moves.ts';
import {
  endsAbsorb,
  neverAbsent,
  pendingUntilCommitted,
  toldIsTrue,
  type DeltaState,
} from './invariants/inbox.ts';
import type { Invariant, Violation } from './invariants/invariant.ts';
import { oneOwnerPerFence, ownFence } from './invariants/leases.ts';
import { readsGoOn, tailIsNotReverted, tailIsWhole } from './invariants/reads.ts';
import { weighLook, type RawLook } from './looks.ts';
import { brokenOf, retainedVersions } from './retained.ts';

interface Entry {
  DetailType?: string | undefined;
  Detail?: string | undefined;
}

interface StoredLease {
  state: string;
  fence: number;
  owner?: string;
  expiresAtMs: number;
}

interface StoredDelta {
  pk: string;
  deltaId: string;
  attempt: number;
  state: DeltaState;
}

const parse = (bytes: Uint8Array | string): unknown => JSON.parse(Buffer.from(bytes).toString('utf8'));

/**
 * Sees everything that takes effect in the services, at the moment when it does, and judges it. It knows the truth from the plan and
 * asks no code of the protocol for it; to read segments it uses the engine's reader.
 */
export class Observer {
  readonly facts: Facts;
  readonly violations: Violation[] = [];
  readonly #scheduler: Scheduler;
  #s3: S3Server | undefined;
  /** Indexes with a commit in this step, and what its writer had set out to do. */
  readonly #committed = new Map<string, HistoryChange | undefined>();
  readonly #moved = new Map<string, DeltaState>();

  readonly #seen: Map<string, Committed>;

  /** `seen`: commits of other runs over the same plan; what was read there need not be read again. */
  constructor(scheduler: Scheduler, facts: Facts, seen = new Map<string, Committed>()) {
    this.#scheduler = scheduler;
    this.facts = facts;
    this.#seen = seen;
  }

  watch(s3: S3Server): void {
    this.#s3 = s3;
  }

  judge<Facts>({ id, fault }: Invariant<Facts>, facts: Facts): void {
    const message = fault(facts);
    if (message === undefined) return;
    this.#scheduler.note('invariant', `${id} is broken: ${message}`);
    this.violations.push({ invariant: id, message, atMs: this.#scheduler.nowMs });
  }

  objectWritten({ key, before, after, writer }: ObjectWritten): void {
    const index = this.facts.indexes.get(key.replace(/HEAD$/, ''));
    if (key.startsWith('collections/')) return;
    if (index === undefined || !key.endsWith('/HEAD')) this.judge(immutable, { key, before, after });
    else this.#headMoved(index, parse(after) as Head, writer);
  }

  #headMoved(index: IndexFacts, after: Head, writer: string): void {
    const { head: before, publishIds: knownIds, greatestFence, lease } = index;
    const move = { before, after, knownIds, greatestFence };
    for (const invariant of [oneChain, fenceGrows, noCommitBelowClaim]) this.judge(invariant, move);
    const holders = lease.holders.get(after.fence) ?? [];
    this.judge(ownFence, { fence: after.fence, writer, holders });
    knownIds.add(after.publishId);
    Object.assign(index, { head: after, greatestFence: Math.max(greatestFence, after.fence) });
    if (after.version > (before?.version ?? 0))
      this.#committed.set(index.indexPath, this.facts.changes.get(writer));
  }

  objectDeleted({ key, before }: ObjectDeleted): void {
    const index = [...this.facts.indexes.values()].find(({ indexPath }) => key.startsWith(indexPath));
    // Names of versions and the books of garbage collection come and go.
    if (index === undefined || /^(?:gc|tags)\//.test(key.slice(index.indexPath.length))) return;
    const nowMs = this.#bucketMs();
    const neededBy = this.retained(index).filter((version) => index.versions.get(version)?.named.has(key));
    const { youngMs } = this.facts.plan.garbage;
    this.judge(nothingNeededGoes, { key, ageMs: nowMs - before.modifiedMs, youngMs, neededBy });
  }

  #bucketMs(): number {
    return VirtualProcess.epochMs + this.#scheduler.nowMs;
  }

  /** The versions of an index that garbage collection must keep now. */
  retained(index: IndexFacts): number[] {
    return retainedVersions(index, this.facts.plan.garbage.retention, this.#bucketMs());
  }

  itemWritten({ before, after, writer }: ItemWritten): void {
    const item = (after ?? before) as { pk: string };
    const [kind, indexPath = ''] = item.pk.split('#');
    if (kind === 'quarantine') this.facts.quarantined.add((item as { pk: string; sk?: string }).sk ?? '');
    if (kind === 'lease') this.#leaseMoved(indexPath, { before, after, writer });
    if (kind === 'inbox' || kind === 'settled') this.#deltaMoved(item as StoredDelta, after !== undefined);
  }

  #leaseMoved(indexPath: string, { before, after, writer }: ItemWritten): void {
    const index = this.facts.indexes.get(indexPath);
    const [was, is] = [before, after] as (StoredLease | undefined)[];
    if (index === undefined) return;
    const { lease } = index;
    const { greatestFence, owners } = lease;
    const holders = lease.holders.get(was?.fence ?? 0) ?? [];
    this.judge(oneOwnerPerFence, { before: was, after: is, greatestFence, owners, writer, holders });
    if (is === undefined) return;
    lease.greatestFence = Math.max(greatestFence, is.fence);
    Object.assign(lease, { state: is.state, expiresAtMs: is.expiresAtMs });
    if (is.state !== 'HELD') return;
    owners.set(is.fence, is.owner ?? '');
    lease.holders.set(is.fence, [...new Set([...(lease.holders.get(is.fence) ?? []), writer])]);
  }

  /** A person did it: fences begin again at HEAD's or before, and their owners with them. */
  tableRestored(pk: string): void {
    const lease = this.facts.indexes.get(pk.split('#')[1] ?? '')?.lease;
    if (lease === undefined) return;
    lease.owners.clear();
    Object.assign(lease, { greatestFence: 0, state: 'FREE' });
  }

  // A transaction moves an item in two writes: what counts is where it stands after both.
  #deltaMoved(item: StoredDelta, isThere: boolean): void {
    const name = itemName(item);
    this.#moved.set(name, this.#moved.get(name) ?? this.facts.states.get(name) ?? 'ABSENT');
    const isEnd = item.pk.startsWith('settled#');
    this.facts.states.set(name, isThere ? (isEnd ? item.state : 'PENDING') : 'ABSENT');
  }

  // A replay of what is too long ago may be called applied, which it is, or refused because nobody remembers.
  #standing(name: string, isRefused: boolean): { isCommitted: boolean; isPoison: boolean } {
    if (isRefused && this.facts.replayed.has(name)) return { isCommitted: false, isPoison: true };
    const key = this.facts.contentKeys.get(name) ?? '';
    const indexes = [...this.facts.indexes.values()];
    // What a rollback took out is refused when it comes again, though it was in a version.
    if (isRefused && indexes.some(({ everReverted }) => everReverted.has(key)))
      return { isCommitted: false, isPoison: true };
    const isCommitted = indexes.some(({ everApplied }) => everApplied.has(key));
    return { isCommitted, isPoison: this.facts.poisoned.has(key) };
  }

  eventAccepted({ DetailType, Detail = '{}' }: Entry): void {
    if (DetailType === 'delta.rejected.v1') this.#told((parse(Detail) as DeltaRejectedV1).data, 'rejected');
    if (DetailType !== 'snapshot.published.v1') return;
    const { applied } = (parse(Detail) as SnapshotPublishedV1).data;
    const list = this.#s3?.objects.get(applied.key);
    const parts = list === undefined ? [] : (parse(list.body) as AppliedPartsV1).parts;
    for (const part of parts) this.#told(part, 'applied');
  }

  #told(part: { deltaId: string; attempt: number }, end: 'applied' | 'rejected'): void {
    const name = itemName(part);
    this.judge(toldIsTrue, { name, end, ...this.#standing(name, end === 'rejected') });
    this.facts.told.add(name);
  }

  /** The event of a delta was handled, and its message is deleted. */
  acknowledged(body: string): void {
    const name = itemName((parse(body) as { detail: DeltaCreatedV1 }).detail.data);
    this.facts.acknowledged.add(name);
    this.judge(neverAbsent, { name, state: this.facts.states.get(name) ?? 'ABSENT' });
  }

  /** The tail has heard of a delta. */
  announced(body: string): void {
    const { index, ...delta } = (parse(body) as { detail: DeltaCreatedV1 }).detail.data;
    const known = this.facts.announced.get(index.path) ?? new Set();
    this.facts.announced.set(index.path, known.add(contentKeyOf(delta)));
  }

  eventLost(body: string): void {
    this.facts.lostEvents.add(itemName((parse(body) as { detail: DeltaCreatedV1 }).detail.data));
  }

  looked(raw: RawLook, index: IndexFacts): void {
    const { look, tailLook } = weighLook(this.facts, index, raw);
    this.judge(readsGoOn, look);
    for (const invariant of [tailIsWhole, tailIsNotReverted]) this.judge(invariant, tailLook);
  }

  lookedBack(look: PastLook): void {
    this.judge(pastStays, look);
  }

  /** Judges what took effect in the last step as a whole. Nothing else happens meanwhile. */
  async settle(): Promise<void> {
    for (const [indexPath, change] of this.#committed) await this.#judgeCommit(indexPath, change);
    this.#committed.clear();
    for (const [name, before] of this.#moved) {
      const after = this.facts.states.get(name) ?? 'ABSENT';
      const move = {
        name,
        before,
        after,
        ...this.#standing(name, after === 'REJECTED'),
        isTold: this.facts.told.has(name),
      };
      this.judge(pendingUntilCommitted, move);
      this.judge(endsAbsorb, move);
      if (this.facts.acknowledged.has(name)) this.judge(neverAbsent, { name, state: after });
    }
    this.#moved.clear();
  }

  async #judgeCommit(indexPath: string, change: HistoryChange | undefined): Promise<void> {
    const index = this.facts.indexes.get(indexPath) as IndexFacts & { head: Head };
    const s3 = this.#s3 as S3Server;
    const store = s3ObjectStore({ client: s3.direct, bucket: BUCKET });
    const { head } = index;
    const name = JSON.stringify([head, ...index.applied.keys()]);
    const { nowMs } = this.#scheduler;
    const read = { indexPath, head, basis: basisOf(index, change) };
    const committed = this.#seen.get(name) ?? (await readCommitted(store, this.facts, read, nowMs));
    this.#seen.set(name, committed);
    const all = [reachable, headIsFold, chunksAreSound, deletedIsInvisible, booksBalance];
    for (const invariant of [...all, rollbackReturns, revertedStaysOut]) this.judge(invariant, committed);
    learnCommit(index, committed, change, { s3, nowMs });
    this.judge(closureIsThere, { broken: brokenOf(index, this.retained(index), s3.objects) });
  }
}
