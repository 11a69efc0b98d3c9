import { describe, expect, it } from '@jest/globals';
import {
  ingestionContinuedV1,
  ingestionRequestedV1,
  makeEvent,
  partFailedV1,
  runIdOfSource,
  runStartedV1,
  uploadManifestV1,
} from '@alluvium/contracts';
import { delivered, testContext } from '@alluvium/testkit';
import { makeHandler } from '../src/handlers/on-ingestion-requested.ts';
import { ingest, makeWorld, upload, type World } from './support/world.ts';

const requestFor = (world: World, key: string, { connector = 'files', attempt = 1 } = {}) => {
  const manifest = world.objects.pointTo(uploadManifestV1.name, key, world.objects.stored.get(key)!);
  const data = { collection: 'docs', source: { name: 'files', connector, manifest }, attempt };
  const event = makeEvent(ingestionRequestedV1, data, { correlationId: 'job' }, world.runtime.origin);
  return { data, event: delivered(event) };
};

describe('on-ingestion-requested', () => {
  it('starts the run that the upload itself would start, in the chain of the request', async () => {
    const world = makeWorld();
    const key = upload(world, { 'a.txt': 'One.' });
    const { data, event } = requestFor(world, key);
    await makeHandler(world.deps)(event, testContext());
    const runId = runIdOfSource(data.collection, data.source);
    expect(world.bus.dataOf(runStartedV1)).toMatchObject([{ runId, attempt: 1 }]);
    expect(world.bus.events.map(({ detail }) => detail.metadata.causationId)).toEqual(
      world.bus.events.map(() => event.detail.metadata.eventId),
    );
    await ingest(world, key);
    expect(new Set(world.bus.dataOf(runStartedV1).map((started) => started.runId))).toEqual(new Set([runId]));
  });

  it('starts a run once when the request comes again', async () => {
    const world = makeWorld();
    const { event } = requestFor(world, upload(world, { 'a.txt': 'One.' }));
    const handler = makeHandler(world.deps);
    await handler(event, testContext());
    await handler(event, testContext());
    expect(world.bus.dataOf(runStartedV1)).toHaveLength(1);
  });

  it('starts another attempt of a sealed run with the fence and the date of the first', async () => {
    const world = makeWorld();
    const key = upload(world, { 'a.txt': 'One.' });
    await ingest(world, key);
    world.runtime.advance(3 * 24 * 3600 * 1000);
    await makeHandler(world.deps)(requestFor(world, key, { attempt: 2 }).event, testContext());
    const [first, second] = world.bus.dataOf(ingestionContinuedV1);
    expect(second).toEqual({ ...first, attempt: 2 });
  });

  it('reports a request that can never be met as a failed fetch', async () => {
    const world = makeWorld();
    const { event } = requestFor(world, upload(world, {}), { connector: 'carrier-pigeon' });
    await makeHandler(world.deps)(event, testContext());
    expect(world.bus.dataOf(partFailedV1)).toMatchObject([
      { part: 0, stage: 'fetch', error: { code: 'CONNECTOR_UNKNOWN' } },
    ]);
    expect(world.runtime.deadLetterList).toHaveLength(1);
  });

  it('waits for another start of the source, and leaves the request to a retry when that takes too long', async () => {
    const world = makeWorld();
    const key = { pk: 'source#docs#files', sk: 'lease' };
    const other = await world.leases.acquire(key);
    const { event } = requestFor(world, upload(world, { 'a.txt': 'One.' }));
    await expect(makeHandler(world.deps)(event, testContext())).rejects.toThrow(/docs\/files/);
    const release = () => (other.kind === 'acquired' ? other.lease.release() : Promise.resolve(false));
    await makeHandler({ ...world.deps, pause: release })(event, testContext());
    expect(world.bus.dataOf(runStartedV1)).toMatchObject([{ fence: 2 }]);
  });
});
