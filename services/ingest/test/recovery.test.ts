import { describe, expect, it } from '@jest/globals';
import {
  documentsDerivedV1,
  documentsFetchedV1,
  ingestionContinuedV1,
  rawRecordV1,
  runSealedV1,
  type OutgoingEvent,
} from '@alluvium/contracts';
import { testContext } from '@alluvium/testkit';
import { makeHandler as onInbox } from '../src/handlers/on-inbox-object-created.ts';
import { mortal } from './support/mortal.ts';
import { deliver, ingest, makeWorld, objectCreated, upload, type World } from './support/world.ts';

/** Three parts: records of 400,000 characters, two a part. */
const bigFiles = () => {
  const text = (letter: string) => letter.repeat(400_000);
  const lines = ['c', 'd', 'e'].map((letter) => `{"id":"${letter}","text":"${text(letter)}"}`);
  return { 'a.txt': text('a'), 'b.txt': text('b'), 'records.jsonl': lines.join('\n'), 'f.txt': text('f') };
};

const PATHS = [
  ['a.txt', 'b.txt'],
  ['records.jsonl#1', 'records.jsonl#2'],
  ['records.jsonl#3', 'f.txt'],
];

const rawPaths = async ({ bus, objects }: World): Promise<string[][]> => {
  const pointers = new Map(bus.dataOf(documentsFetchedV1).map(({ part, raw }) => [part, raw]));
  const parts = await Promise.all([...pointers.values()].map((raw) => objects.readRecords(rawRecordV1, raw)));
  return parts.map((records) => records.map(({ path }) => path));
};

const start = async (world: World, key: string): Promise<OutgoingEvent> => {
  await onInbox(world.deps)(objectCreated(key), testContext());
  return world.bus.events.at(-1)!;
};

const keysOf = (events: OutgoingEvent[], name: string) =>
  events
    .filter(({ detailType }) => detailType === name)
    .map(({ detail }) => detail.metadata.idempotencyKey)
    .sort();

describe('a crawl', () => {
  it('cuts an upload into parts and never divides a record', async () => {
    const world = makeWorld();
    await ingest(world, upload(world, bigFiles()));
    expect(await rawPaths(world)).toEqual(PATHS);
    expect(world.bus.dataOf(runSealedV1)).toMatchObject([{ total: 3 }]);
  });

  it('goes on in another slice when its time is nearly over, even amid a file', async () => {
    const world = makeWorld();
    await ingest(world, upload(world, bigFiles()), { remainingMs: 59_000 });
    expect(world.bus.dataOf(ingestionContinuedV1).map(({ cursor }) => cursor)).toEqual([
      { part: 0, file: 0, record: 0 },
      { part: 1, file: 2, record: 0 },
      { part: 2, file: 2, record: 2 },
      { part: 3, file: 4, record: 0 },
    ]);
    expect(await rawPaths(world)).toEqual(PATHS);
    expect(world.bus.dataOf(runSealedV1)).toMatchObject([{ total: 3 }]);
    const sequences = await Promise.all(
      world.bus.dataOf(documentsFetchedV1).map(({ raw }) => world.objects.readRecords(rawRecordV1, raw)),
    );
    expect(sequences.flat().map(({ sequence }) => sequence)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('stores what it has when its time runs out amid a part, and loses nothing', async () => {
    const world = makeWorld();
    await ingest(world, upload(world, bigFiles()), { remainingMs: 44_000 });
    expect((await rawPaths(world)).flat()).toEqual(PATHS.flat());
    expect(world.bus.dataOf(runSealedV1)).toMatchObject([{ total: PATHS.flat().length }]);
  });

  it.each(Array.from({ length: 12 }, (_, index) => [index + 1]))(
    'that dies before or after its write %d leads to the same parts and events when it is delivered again',
    async (deadAt) => {
      const whole = makeWorld();
      await ingest(whole, upload(whole, bigFiles()));
      for (const moment of ['before', 'after']) {
        const world = makeWorld();
        const continued = await start(world, upload(world, bigFiles()));
        await deliver(mortal(world, deadAt, moment), continued);
        await deliver(world, continued);
        expect(await rawPaths(world)).toEqual(PATHS);
        for (const name of [documentsFetchedV1.name, runSealedV1.name]) {
          expect([...new Set(keysOf(world.bus.events, name))]).toEqual(keysOf(whole.bus.events, name));
        }
      }
    },
  );

  it('reads on behind the part that is stored when a file changed between two tries', async () => {
    const world = makeWorld();
    const continued = await start(world, upload(world, bigFiles()));
    const deps = {
      ...world.deps,
      runs: { ...world.runs, addPart: () => Promise.reject(new Error('killed')) },
    };
    await deliver({ ...world, deps }, continued);
    world.objects.stored.set('inbox/docs/first/a.txt', Buffer.from('replaced'));
    await deliver(world, continued);
    expect(await rawPaths(world)).toEqual(PATHS);
  });

  it('reads nothing again on a replay and announces every part of the new attempt', async () => {
    const world = makeWorld();
    await ingest(world, upload(world, bigFiles()));
    const continued = world.bus.events.find(({ detailType }) => detailType === ingestionContinuedV1.name)!;
    for (const key of ['a.txt', 'b.txt', 'records.jsonl', 'f.txt']) {
      world.objects.stored.delete(`inbox/docs/first/${key}`);
    }
    const data = { ...(continued.detail.data as object), attempt: 2 };
    const before = world.bus.events.length;
    await deliver(world, { ...continued, detail: { ...continued.detail, data } });
    const replayed = world.bus.events.slice(before).map(({ detailType }) => detailType);
    expect(replayed).toEqual([...Array<string>(3).fill(documentsFetchedV1.name), runSealedV1.name]);
    expect(await world.runs.find(world.bus.dataOf(runSealedV1)[0]!.runId)).toMatchObject({
      sealedAttempt: 2,
    });
  });

  it('refuses a cursor behind a part that is not there', async () => {
    const world = makeWorld();
    const continued = await start(world, upload(world, bigFiles()));
    const data = { ...(continued.detail.data as object), cursor: { part: 5, file: 1, record: 0 } };
    await deliver(world, { ...continued, detail: { ...continued.detail, data } });
    expect(world.runtime.deadLetterList).toMatchObject([{ error: { code: 'CURSOR_UNKNOWN' } }]);
  });
});

describe('deriving a part again', () => {
  it('tells the same, whatever became of other parts since', async () => {
    const world = makeWorld();
    await ingest(world, upload(world, { 'a.txt': 'Same.', 'b.txt': 'Old.' }));
    const first = world.bus.dataOf(documentsDerivedV1)[0]!;
    await ingest(world, upload(world, { 'a.txt': 'Same.', 'b.txt': 'New.' }, { uploadId: 'second' }));
    const fetched = world.bus.events.findLast(({ detailType }) => detailType === documentsFetchedV1.name)!;
    await world.checkpoints.settle([first], 'failed');
    await deliver(world, fetched);
    const [, second, again] = world.bus.dataOf(documentsDerivedV1);
    expect(second).toMatchObject({ records: 1, unchanged: 1 });
    expect(again).toEqual(second);
  });
});
