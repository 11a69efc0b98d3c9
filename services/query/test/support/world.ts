import { hashId, PipelineError, sha256Hex, type CollectionV1, type IndexV1 } from '@alluvium/contracts';
import { recordingBus, testContext, testRuntime } from '@alluvium/testkit';
import {
  decodeDelta,
  encodeDelta,
  memoryObjectStore,
  publish,
  systemClock,
  type Delta,
  type DeltaDocument,
} from '@alluvium/vector-store';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { makeHandler } from '../../src/handlers/http.ts';
import type { DocumentDeps, OpenModel } from '../../src/ports.ts';
import { makeResidents } from '../../src/residents.ts';
import { memoryTail } from './memory-tail.ts';

const STAMP = 'words@0123456789ab';
export const WORDS = ['river', 'stone', 'bread', 'oven'];
export const INDEX: IndexV1 = { path: `indexes/docs/model=${STAMP}/dims=4/`, modelId: STAMP, dims: 4 };

/** A model that counts four words. */
export const vectorOf = (text: string): Float32Array => {
  const counts = WORDS.map((word) => text.split(word).length - 1 + 0.01);
  const length = Math.hypot(...counts);
  return Float32Array.from(counts, (count) => count / length);
};

/** A document of one chunk. */
export const documentOf = (
  entityId: string,
  text: string,
  modified?: string,
  sequence = 0,
): DeltaDocument => ({
  ...{ documentId: `files/page#${entityId}`, source: 'files', entity: 'page', entityId },
  title: `About ${entityId}`,
  url: `https://example.org/${entityId}`,
  ...(modified === undefined ? {} : { modified }),
  attributes: { language: 'en' },
  revision: { fence: 1, sequence, contentHash: hashId(text) },
  deleted: false,
  chunks: [
    { chunkId: hashId(entityId), ordinal: 0, text, start: 0, end: text.length, vector: vectorOf(text) },
  ],
});

export const DOCUMENTS = [
  documentOf('water', 'the river carries stone', '2026-01-10T00:00:00.000Z'),
  documentOf('hills', 'stone upon stone', '2026-02-10T00:00:00.000Z'),
  documentOf('bakery', 'bread from the oven'),
];

const deltaOf = (documents: DeltaDocument[], part: number): Delta => ({
  ...{ deltaId: `delta-${part}`, runId: 'r'.repeat(26), attempt: 1, part, documents },
  ...{ collection: 'docs', model: { id: STAMP, dims: 4 } },
});

interface Rest {
  query?: string;
  body?: string;
  headers?: Record<string, string>;
  /** What the authorizer hands on. */
  caller?: Record<string, string> | undefined;
}

/** A query service without AWS. */
export const makeWorld = ({ stamp = STAMP, missing = false }: { stamp?: string; missing?: boolean } = {}) => {
  const store = memoryObjectStore();
  const runtime = testRuntime('query');
  const opened: string[] = [];
  const openModel: OpenModel = async (id) => {
    opened.push(id);
    if (missing)
      throw new PipelineError(`The model ${id} is not there.`, {
        code: 'MODEL_MISSING',
        kind: 'unavailable',
      });
    return { stamp, dims: 4, embedQuery: async (text) => vectorOf(text), close: async () => undefined };
  };
  const residents = makeResidents({
    ...{ memoryBytes: 10_000_000, tailBytes: 10_000_000, logger: runtime.logger },
  });
  const tail = memoryTail();
  const tailLimits = { deltas: 64, bytes: 64_000_000 };
  const bus = recordingBus(runtime.origin);
  const deps: DocumentDeps = {
    ...{ runtime, bus, store, openModel, residents, tail, tailLimits },
    clock: systemClock,
  };
  const handler = makeHandler(deps);
  const respond = async (event: APIGatewayProxyEventV2) => {
    const answer = (await handler(event, testContext())) as APIGatewayProxyStructuredResultV2;
    const body: unknown = JSON.parse(answer.body ?? 'null');
    return { status: answer.statusCode, type: answer.headers?.['content-type'], body };
  };
  return {
    ...{ deps, bus, store, opened, tail, residents, runtime },
    /** Any request; the path as API Gateway delivers it, decoded. */
    request: (method: string, path: string, rest: Rest = {}) =>
      respond({
        ...eventOf(method, rest.query ?? '', rest.body),
        rawPath: path,
        requestContext: contextOf(method, path, rest.caller),
        headers: { 'content-type': 'application/json', ...rest.headers },
      }),
    get: (query: string) => respond(eventOf('GET', query)),
    getWithBody: (query: string, body: string) => respond(eventOf('GET', query, body)),
    post: (body: string) => respond(eventOf('POST', '', body)),
    postBase64: (body: string) =>
      respond({
        ...eventOf('POST', '', Buffer.from(body).toString('base64')),
        isBase64Encoded: true,
      }),
    putCollection: async (collection: string, active?: IndexV1) => {
      const at = '2026-03-01T12:00:00.000Z';
      const document: CollectionV1 = { collection, createdAt: at, updatedAt: at, ...(active && { active }) };
      await store.put(`collections/${collection}.json`, Buffer.from(JSON.stringify(document)));
    },
    publishDocuments: async (documents: DeltaDocument[], part = 0) => {
      const delta = deltaOf(documents, part);
      const { deltaId, runId, attempt } = delta;
      await publish({
        ...{ store, indexPath: INDEX.path, fence: 1, clock: systemClock },
        newId: () => runtime.origin.newEventId(),
        choose: async () => [{ deltaId, runId, attempt, part, key: 'delta' }],
        loadDelta: async () => decodeDelta(encodeDelta(delta)),
        checkLease: () => undefined,
      });
    },
    /** Writes a delta and announces it; nobody settles it. */
    announceDocuments: async (documents: DeltaDocument[], part = 0) => {
      const delta = deltaOf(documents, part);
      const [key, body] = [`embeddings/docs/${delta.deltaId}`, encodeDelta(delta)];
      await store.put(key, body);
      const chunks = documents.reduce((sum, document) => sum + document.chunks.length, 0);
      await tail.add(INDEX.path, {
        ...{ deltaId: delta.deltaId, runId: delta.runId, key, sha256: sha256Hex(body), bytes: body.length },
        ...{ documents: documents.length, chunks },
        announcedAt: new Date(Date.UTC(2026, 2, 1, 12, 0, part)).toISOString(),
      });
    },
  };
};

const ADMIN = { keyId: 'test', scopes: 'admin' };

const contextOf = (
  method: string,
  path: string,
  caller: Record<string, string> = ADMIN,
): APIGatewayProxyEventV2['requestContext'] =>
  ({
    ...{ http: { method, path }, domainName: 'localhost', stage: '$default', requestId: 'r' },
    authorizer: { lambda: caller },
  }) as unknown as APIGatewayProxyEventV2['requestContext'];

const eventOf = (method: string, query: string, body?: string): APIGatewayProxyEventV2 => ({
  version: '2.0',
  routeKey: '$default',
  rawPath: '/retrieve',
  rawQueryString: query,
  headers: { 'content-type': 'application/json' },
  requestContext: contextOf(method, '/retrieve'),
  isBase64Encoded: false,
  ...(body === undefined ? {} : { body }),
});
