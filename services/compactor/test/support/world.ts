import { randomUUID } from 'node:crypto';
import { appliedPartsV1, snapshotPublishedV1, type AppliedPartsV1 } from '@alluvium/contracts';
import {
  delivered,
  memoryIdempotency,
  memoryObjects,
  recordingBus,
  sqsEvent,
  testContext,
  testRuntime,
} from '@alluvium/testkit';
import {
  leases,
  memoryLeaseTable,
  memoryObjectStore,
  type Delta,
  type LeaseTable,
  type VersionedObjectStore,
} from '@alluvium/vector-store';
import { makeHandler as onDeltaCreated } from '../../src/handlers/on-delta-created.ts';
import { makeHandler as onDoorbell } from '../../src/handlers/on-doorbell.ts';
import type { CompactorDeps } from '../../src/ports.ts';
import { createdEvent, storeDelta } from './deltas.ts';
import { memoryChangeNotes } from './memory-change-notes.ts';
import { memoryCompactions } from './memory-compactions.ts';
import { memoryDoorbell } from './memory-doorbell.ts';
import { memoryInbox } from './memory-inbox.ts';
import { mortal, type Death } from './mortal.ts';

/** When objects count as stored: the moment at which the clock of a world begins. */
const STORED_AT_MS = Date.UTC(2026, 2, 1, 12);

// The engine sees the deltas that lie in the bucket beside its index.
const oneBucket = (index: VersionedObjectStore, stored: Map<string, Uint8Array>): VersionedObjectStore => ({
  ...index,
  delete: async (key) => {
    if (!stored.delete(key)) await index.delete(key);
  },
  async *listVersions(prefix) {
    for (const [key, body] of [...stored])
      if (key.startsWith(prefix))
        yield {
          ...{ key, versionId: 'only', isLatest: true, isDeleteMarker: false, sizeBytes: body.length },
          lastModified: new Date(STORED_AT_MS),
        };
    yield* index.listVersions(prefix);
  },
  get: async (key, options) => {
    const body = stored.get(key);
    return body === undefined ? index.get(key, options) : { key, body, etag: '', sizeBytes: body.length };
  },
  async *list(prefix) {
    for (const [key, body] of stored)
      if (key.startsWith(prefix))
        yield { key, sizeBytes: body.length, lastModified: new Date(STORED_AT_MS), etag: '' };
    yield* index.list(prefix);
  },
});

/** The compactor with fakes around it. */
export const makeWorld = () => {
  const runtime = testRuntime('compactor');
  const { origin } = runtime;
  const clock = { nowMs: () => origin.nowMs(), monotonicMs: () => origin.nowMs() };
  const table = memoryLeaseTable();
  const objects = memoryObjects();
  const openLeases = (leaseTable: LeaseTable) => leases({ table: leaseTable, clock, newId: randomUUID });
  const deps = {
    runtime,
    bus: recordingBus(origin),
    objects,
    store: oneBucket(memoryObjectStore({ nowMs: () => origin.nowMs() }), objects.stored),
    inbox: memoryInbox(),
    compactions: memoryCompactions(),
    doorbell: memoryDoorbell(),
    leases: openLeases(table),
    clock,
    thresholds: { deltas: 1, bytes: 1_000_000, ageSeconds: 2 },
    fanOutAfterDeltas: 100,
    garbageMode: 'on' as const,
    idempotency: memoryIdempotency(),
    changes: memoryChangeNotes(),
    pause: async (delayMs: number) => runtime.advance(delayMs),
  };
  /** One more process over the same world, which may die. */
  const newProcess = (death?: Death) => mortal(deps, table, openLeases, death);
  return { ...deps, deps, newProcess };
};

export type World = ReturnType<typeof makeWorld>;

/** Stores a delta and lets its event arrive; `bytes` replaces what it should hold. */
export const arrive = async (world: World, delta: Delta, bytes?: Uint8Array): Promise<void> => {
  const data = await storeDelta(world.objects, delta, bytes);
  const event = delivered(createdEvent(data, world.runtime.origin));
  await onDeltaCreated(world.deps)(sqsEvent([event]), testContext());
};

/** Answers all doorbells that rang, in one batch. */
export const answer = (world: World, deps: CompactorDeps = world.deps, remainingMs = 900_000) => {
  const context = { ...testContext(), getRemainingTimeInMillis: () => remainingMs };
  return onDoorbell(deps)(sqsEvent(world.doorbell.take()), context);
};

/** Answers doorbells until none rings. */
export const answerAll = async (world: World): Promise<void> => {
  for (let rounds = 0; world.doorbell.rings.length > 0; rounds += 1) {
    if (rounds === 20) throw new Error('The doorbell does not stop ringing');
    await answer(world);
  }
};

/** The lists of parts that were announced, in order. */
export const announced = ({ bus, objects }: World): Promise<AppliedPartsV1['parts'][]> =>
  Promise.all(
    bus
      .dataOf(snapshotPublishedV1)
      .map(async ({ applied }) => (await objects.readDocument(appliedPartsV1, applied)).parts),
  );
