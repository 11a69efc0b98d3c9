import { beforeAll, describe, expect, it } from '@jest/globals';
import { assertEvent, type EventContract, type EventDetail } from '@alluvium/contracts';
import { documents, events } from '@alluvium/contracts/catalogue';
import { readObject } from '@alluvium/vector-store';
import { makeInstallation, type Installation } from './support/installation.ts';
import { assertContent, faultOf, pointersIn } from './support/pointers.ts';
import { httpRequest } from './support/http-requests.ts';
import { ingestRequest, playAll } from './support/scenario.ts';
import { exampleOf } from './support/schema-tree.ts';
import { loadServices } from './support/services.ts';

const contracts = events as Record<string, EventContract<EventDetail>>;
const producers = loadServices().filter(({ contract }) => contract.emits.length + contract.writes.length > 0);

let installation: Installation;

beforeAll(async () => {
  installation = await makeInstallation();
  await playAll(installation);
});

describe.each(producers)('$name', ({ name, contract }) => {
  const emitted = () => installation.emissions.filter(({ service }) => service === name);

  it('emits every event that it declares, and no other', () => {
    const seen = new Set(emitted().map(({ event }) => event.detailType));
    expect([...seen].sort()).toEqual([...contract.emits].sort());
  });

  it('emits nothing but what the closed schemas allow', () => {
    for (const { event } of emitted()) assertEvent(contracts[event.detailType]!, event.detail, 'producer');
  });

  it('gives its folder as the source, and its version as the producer', () => {
    for (const { event } of emitted()) {
      expect([event.source, event.detail.metadata.producer]).toEqual([
        name,
        expect.stringMatching(new RegExp(`^${name}@\\d+\\.\\d+\\.\\d+$`)),
      ]);
    }
  });

  it('writes every object that it declares, and no other', () => {
    const seen = new Set(installation.recordsOf(name).written.map(({ contentSchema }) => contentSchema));
    expect([...seen].sort()).toEqual([...contract.writes].sort());
  });

  it('writes nothing but what the closed schemas allow', async () => {
    for (const { contentSchema, key, body } of installation.recordsOf(name).written) {
      const object = body === undefined ? await installation.store.get(key) : { body };
      if (object === undefined || object === 'not-modified') throw new Error(`${key} is not there`);
      expect(assertContent(contentSchema, object.body)).toBeGreaterThanOrEqual(0);
    }
  });

  it('reads no object that it does not declare', () => {
    const { read } = installation.recordsOf(name);
    expect([...read].filter((contentSchema) => !contract.reads.includes(contentSchema))).toEqual([]);
  });

  it('has every object in place before the event that points to it', () => {
    expect(emitted().flatMap(({ pointerFaults }) => pointerFaults)).toEqual([]);
  });

  it('points to objects of the size, sha256, records and content that the pointer tells', async () => {
    const pointers = emitted().flatMap(({ event }) => pointersIn(event.detail.data));
    const faults = await Promise.all(
      pointers.map(async (pointer) => {
        const object = await readObject(installation.store, pointer.key);
        // What an index had, it may have let go since.
        const isGone = object === undefined && pointer.key.startsWith('indexes/');
        return isGone ? undefined : faultOf(pointer, object?.body);
      }),
    );
    expect(faults.filter((fault) => fault !== undefined)).toEqual([]);
  });
});

describe('answers over HTTP', () => {
  const ask = async (service: string, request: unknown): Promise<[status: number, body: unknown]> => {
    const { answer } = await installation.invoke(service, 'http', request);
    const { statusCode, body = '' } = answer as { statusCode: number; body?: string };
    return [statusCode, JSON.parse(body)];
  };

  it.each([
    ['job.v1', 'orchestrator', '/status/$runId', ''],
    ['jobs.v1', 'orchestrator', '/jobs', 'limit=10'],
    ['collections.v1', 'orchestrator', '/collections', ''],
    ['retrieve-response.v1', 'query', '/retrieve', 'collection=quiet&q=river'],
  ] as const)('are what the closed schema of %s allows, of %s', async (name, service, path, query) => {
    const completed = installation.events().find(({ detailType }) => detailType === 'run.completed.v1');
    const { runId } = completed!.detail.data as { runId: string };
    const document = { ...(exampleOf('collection.v1', 'minimal') as object), collection: 'quiet' };
    await installation.store.put('collections/quiet.json', Buffer.from(JSON.stringify(document)));
    const [status, body] = await ask(service, httpRequest('GET', path.replace('$runId', runId), query));
    expect([status, documents[name].closed(body), documents[name].closed.errors]).toEqual([200, true, null]);
  });

  it('to a request for a run are what the closed schema allows', async () => {
    const [status, body] = await ask('orchestrator', ingestRequest('first'));
    const { closed } = documents['ingest-response.v1'];
    expect([status, closed(body), closed.errors]).toEqual([202, true, null]);
  });

  it.each([
    ['orchestrator', '/status/unknown', ''],
    ['query', '/retrieve', 'collection=unknown&q=river'],
    ['query', '/retrieve', ''],
  ])('of %s that refuse %s?%s are problems', async (service, path, query) => {
    const [status, body] = await ask(service, httpRequest('GET', path, query));
    const { closed } = documents['problem.v1'];
    expect([closed(body), closed.errors]).toEqual([true, null]);
    expect(body).toMatchObject({ status });
    expect(status).toBeGreaterThanOrEqual(400);
  });
});
