import { randomUUID } from 'node:crypto';
import { openConnector, type Connector, type ConnectorDeps } from '@alluvium/connectors';
import {
  documentsFetchedV1,
  ingestionContinuedV1,
  PipelineError,
  sha256Hex,
  type OutgoingEvent,
  type SourceV1,
  type UploadManifestV1,
} from '@alluvium/contracts';
import {
  delivered,
  memoryObjects,
  recordingBus,
  sqsEvent,
  testContext,
  testRuntime,
} from '@alluvium/testkit';
import { leases, memoryLeaseTable, systemClock } from '@alluvium/vector-store';
import { inboxFiles } from '../../src/adapters/inbox-files.ts';
import { makeHandler as onContinued } from '../../src/handlers/on-ingestion-continued.ts';
import { makeHandler as onFetched } from '../../src/handlers/on-documents-fetched.ts';
import { makeHandler as onInbox } from '../../src/handlers/on-inbox-object-created.ts';
import { makeHandler as onSchedule } from '../../src/handlers/on-schedule.ts';
import type { Inbox } from '../../src/ports.ts';
import { memoryCheckpoints } from './memory-checkpoints.ts';
import { memoryControls } from './memory-controls.ts';
import { memoryDocuments } from './memory-documents.ts';
import { memoryGenerations } from './memory-generations.ts';
import { memoryInbox } from './memory-inbox.ts';
import { MemoryPersistence } from './memory-persistence.ts';
import { memoryRuns } from './memory-runs.ts';
import { pagesConnector, type Pages } from './pages-connector.ts';

type Files = Record<string, string | Uint8Array>;
type FileFields = Partial<UploadManifestV1['files'][number]>;

const offline = (inbox: Inbox, collection: string): ConnectorDeps => ({
  http: { fetch: () => Promise.reject(new Error('there is no network')) },
  clock: { nowMs: () => 0, pause: async () => undefined },
  secrets: () => Promise.reject(new Error('there are no secrets')),
  files: inboxFiles(inbox, collection),
});

/** The ingest service with fakes around it. */
export const makeWorld = () => {
  const pages: Pages = new Map();
  const steps: string[] = [];
  const runtime = testRuntime('ingest');
  const bus = recordingBus(runtime.origin);
  const objects = memoryObjects();
  const deps = {
    runtime,
    bus,
    objects,
    inbox: memoryInbox(objects.stored),
    runs: memoryRuns(),
    checkpoints: memoryCheckpoints(),
    generations: memoryGenerations(),
    controls: memoryControls(),
    documents: memoryDocuments(objects.stored),
    connect: ({ connector, settings, collection }: SourceV1): Connector => {
      const inbox = memoryInbox(objects.stored);
      if (connector === 'files') return openConnector({ connector, settings }, offline(inbox, collection));
      if (connector !== 'sitemap') {
        throw new PipelineError(`no ${connector}`, { code: 'CONNECTOR_UNKNOWN', kind: 'invalid' });
      }
      return pagesConnector(pages, (id) => steps.push(id));
    },
    leases: leases({ table: memoryLeaseTable(), clock: systemClock, newId: randomUUID, leaseMs: 10_000 }),
    idempotency: new MemoryPersistence(),
    pause: async () => undefined,
  };
  return { ...deps, deps, pages, steps };
};

export type World = ReturnType<typeof makeWorld>;

/** The event that S3 sends for a new object. */
export const objectCreated = (key: string) => ({
  version: '0',
  id: randomUUID(),
  'detail-type': 'Object Created',
  source: 'aws.s3',
  detail: { version: '0', bucket: { name: 'test-data' }, object: { key, size: 1 }, reason: 'PutObject' },
});

/** Puts files and their manifest into the inbox; returns the manifest's key. */
export const upload = (
  { objects }: World,
  files: Files,
  { uploadId = 'first', fields = {} }: { uploadId?: string; fields?: Record<string, FileFields> } = {},
): string => {
  const listed = Object.entries(files).map(([path, content]) => {
    const bytes = Buffer.from(content);
    objects.stored.set(`inbox/docs/${uploadId}/${path}`, bytes);
    return { path, bytes: bytes.length, sha256: sha256Hex(bytes), ...fields[path] };
  });
  const manifest: UploadManifestV1 = {
    collection: 'docs',
    uploadId,
    source: 'files',
    createdAt: '2026-03-01T11:00:00.000Z',
    files: listed,
  };
  const key = `inbox/docs/${uploadId}/_upload.json`;
  objects.stored.set(key, Buffer.from(JSON.stringify(manifest)));
  return key;
};

/** Puts the document of a source; returns its key. */
export const putSource = ({ objects }: World, fields: Partial<SourceV1> = {}): string => {
  const source = { collection: 'docs', name: 'site', connector: 'sitemap', settings: {}, ...fields };
  const key = `sources/${source.collection}/${source.name}.json`;
  objects.stored.set(key, Buffer.from(JSON.stringify(source)));
  return key;
};

/** Delivers an event of ours through the queue of its handler. */
export const deliver = (world: World, event: OutgoingEvent, receives = 1, remainingMs = 300_000) => {
  const handlers: Record<string, typeof onContinued> = {
    [ingestionContinuedV1.name]: onContinued,
    [documentsFetchedV1.name]: onFetched,
  };
  const handler = handlers[event.detailType]!(world.deps);
  const context = { ...testContext(), getRemainingTimeInMillis: () => remainingMs };
  return handler(sqsEvent([delivered(event)], receives), context);
};

/** Delivers every event from number `first` on that stays inside the service, and those that follow. */
export const settle = async (world: World, first: number, options: { remainingMs?: number } = {}) => {
  for (let index = first; index < world.bus.events.length; index += 1) {
    const event = world.bus.events[index]!;
    if ([ingestionContinuedV1.name, documentsFetchedV1.name].includes(event.detailType)) {
      await deliver(world, event, 1, options.remainingMs);
    }
  }
  return world.bus.events.slice(first);
};

/** Announces an object and delivers every event that follows inside the service. */
export const ingest = async (world: World, key: string, options: { remainingMs?: number } = {}) => {
  const first = world.bus.events.length;
  await onInbox(world.deps)(objectCreated(key), testContext());
  return settle(world, first, options);
};

/** The schedule strikes on the next day. */
export const nextDay = async (world: World, options: { remainingMs?: number } = {}) => {
  world.runtime.advance(24 * 3600 * 1000);
  const first = world.bus.events.length;
  await onSchedule(world.deps)({ source: 'aws.events' }, testContext());
  return settle(world, first, options);
};
