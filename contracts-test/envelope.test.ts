import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  idempotencyKeyOf,
  type EventContract,
  type EventDetail,
  type OutgoingEvent,
} from '@alluvium/contracts';
import { events } from '@alluvium/contracts/catalogue';
import { makeInstallation, type Installation, type Invocation } from './support/installation.ts';
import { runUpload } from './support/scenario.ts';
import { eventSchemas, exampleOf } from './support/schema-tree.ts';
import { loadServices } from './support/services.ts';

const CHAIN = [
  'ingestion.requested.v1',
  'run.started.v1',
  'ingestion.continued.v1',
  'documents.fetched.v1',
  'run.sealed.v1',
  'documents.derived.v1',
  'chunks.created.v1',
  'delta.created.v1',
  'compaction.requested.v1',
  'snapshot.published.v1',
  'run.completed.v1',
  'job.completed.v1',
  'collection.changed.v1',
];
const OTHER_FILES = { 'other.md': 'Something else altogether. '.repeat(30) };

const metadataOf = ({ detail }: OutgoingEvent) => detail.metadata;
const keysOf = (list: OutgoingEvent[]): string[] => list.map((event) => metadataOf(event).idempotencyKey);

interface Payload {
  detail?: EventDetail;
  Records?: { body: string }[];
}

/** Metadata of the event that a function was called with; none for requests, doorbells and clocks. */
const handledIn = (payload: unknown): EventDetail['metadata'][] => {
  const { detail, Records = [] } = payload as Payload;
  const bodies = Records.map(({ body }) => (JSON.parse(body) as Payload).detail);
  return [detail, ...bodies].flatMap((found) => (found === undefined ? [] : [found.metadata]));
};

let installation: Installation;
let chain: OutgoingEvent[];
let invocations: Invocation[];

beforeAll(async () => {
  installation = await makeInstallation();
  await runUpload(installation, 'first');
  chain = installation.events();
  invocations = [...installation.invocations];
});

describe('a run from its request to its end', () => {
  it('goes through every stage without a failure', () => {
    const seen = new Set(chain.map(({ detailType }) => detailType));
    expect([...seen].sort()).toEqual([...CHAIN].sort());
    expect(invocations.flatMap(({ errors }) => errors)).toEqual([]);
    const [completed] = chain.filter(({ detailType }) => detailType === 'run.completed.v1');
    expect(completed!.detail.data).toMatchObject({ outcome: 'done', totals: { documents: 3, rejected: 1 } });
  });

  it('begins with one event that is its own cause', () => {
    const [first, ...rest] = chain.map(metadataOf);
    expect(first!.causationId).toBe(first!.eventId);
    for (const { eventId, causationId } of rest) expect(causationId).not.toBe(eventId);
  });

  it('names as the cause of each event the one that was being handled', () => {
    const handling = invocations.filter(({ payload }) => handledIn(payload).length > 0);
    expect(handling.flatMap(({ emitted }) => emitted).length).toBeGreaterThan(CHAIN.length - 3);
    for (const { payload, emitted } of handling) {
      const { eventId } = handledIn(payload)[0]!;
      for (const event of emitted)
        expect([event.detailType, metadataOf(event).causationId]).toEqual([event.detailType, eventId]);
    }
  });

  it('names as the cause of a snapshot a delta that is in it', () => {
    const deltas = chain.filter(({ detailType }) => detailType === 'delta.created.v1').map(metadataOf);
    const snapshots = chain
      .filter(({ detailType }) => detailType === 'snapshot.published.v1')
      .map(metadataOf);
    expect(snapshots.length).toBeGreaterThan(0);
    for (const { causationId } of snapshots)
      expect(deltas.map(({ eventId }) => eventId)).toContain(causationId);
  });

  it('leads from every event back to the first', () => {
    const parents = new Map(chain.map((event) => [metadataOf(event).eventId, metadataOf(event).causationId]));
    for (const event of chain) {
      let id = metadataOf(event).eventId;
      for (let steps = 0; parents.get(id) !== id; steps += 1) {
        expect([event.detailType, parents.has(id), steps < chain.length]).toEqual([
          event.detailType,
          true,
          true,
        ]);
        id = parents.get(id)!;
      }
      expect(id).toBe(metadataOf(chain[0]!).eventId);
    }
  });

  it('keeps one correlation and one trace', () => {
    const [completed] = chain.filter(({ detailType }) => detailType === 'run.completed.v1');
    const { runId } = completed!.detail.data as { runId: string };
    expect(new Set(chain.map((event) => metadataOf(event).correlationId))).toEqual(new Set([runId]));
    expect(new Set(chain.map((event) => metadataOf(event).traceId)).size).toBe(1);
  });

  it('gives every event an id of its own', () => {
    expect(new Set(chain.map((event) => metadataOf(event).eventId)).size).toBe(chain.length);
  });

  it('says who made each event, and when', () => {
    for (const { source, detail } of chain) {
      expect(detail.metadata.producer).toMatch(new RegExp(`^${source}@\\d+\\.\\d+\\.\\d+$`));
      expect(new Date(detail.metadata.occurredAt).toISOString()).toBe(detail.metadata.occurredAt);
    }
  });
});

describe('idempotency keys', () => {
  const lasting = (list: OutgoingEvent[]) =>
    keysOf(list.filter(({ detailType }) => detailType !== 'snapshot.published.v1')).sort();

  it('are of the event, not of the handling: whatever comes twice, no key is new', async () => {
    const known = new Set(keysOf(chain));
    const before = installation.emissions.length;
    for (const event of chain) for (const { name } of loadServices()) await installation.deliver(name, event);
    await installation.settle();
    expect(keysOf(installation.events(before)).filter((key) => !known.has(key))).toEqual([]);
  });

  it('are the same wherever the same is done; only a snapshot has an identity of its own', async () => {
    const another = await makeInstallation();
    await runUpload(another, 'first');
    expect(lasting(another.events())).toEqual(lasting(chain));
  });

  it('are the same when every event comes twice, each time it comes', async () => {
    const another = await makeInstallation({ deliveries: 2 });
    await runUpload(another, 'first');
    expect(new Set(lasting(another.events()))).toEqual(new Set(lasting(chain)));
  });

  it('of two runs have nothing in common', async () => {
    const known = new Set(keysOf(installation.events()));
    const before = installation.emissions.length;
    await runUpload(installation, 'second', OTHER_FILES);
    const second = installation.events(before);
    // The collection was there before.
    expect(new Set(second.map(({ detailType }) => detailType))).toEqual(
      new Set(CHAIN.filter((name) => name !== 'collection.changed.v1')),
    );
    expect(keysOf(second).filter((key) => known.has(key))).toEqual([]);
  });
});

const contracts = events as Record<string, EventContract<EventDetail>>;
type Fields = Record<string, unknown>;

const change = (data: Fields, [name, ...rest]: string[]): Fields => {
  const value = data[name!];
  if (rest.length > 0) return { ...data, [name!]: change((value ?? {}) as Fields, rest) };
  return { ...data, [name!]: typeof value === 'number' ? value + 1 : `${String(value)}x` };
};

const leavesOf = (value: unknown, path: string[] = []): string[] =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value).flatMap(([name, inner]) => leavesOf(inner, [...path, name]))
    : [path.join('.')];

describe.each(eventSchemas)('the idempotency key of $name', ({ name, identity }) => {
  const contract = contracts[name]!;
  const { data } = exampleOf(name, 'full') as { data: Fields };
  const key = idempotencyKeyOf(contract, data);

  it.each(identity)('is another one for another %s', (path) => {
    expect(idempotencyKeyOf(contract, change(data, path.split('.')))).not.toBe(key);
  });

  it('stays the same whatever else differs', () => {
    for (const path of leavesOf(data).filter((leaf) => !identity.includes(leaf)))
      expect([path, idempotencyKeyOf(contract, change(data, path.split('.')))]).toEqual([path, key]);
  });
});
