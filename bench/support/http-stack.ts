import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hashId, indexPathOf, type CollectionV1 } from '@alluvium/contracts';
import { apiKeyTable, documentClient, mintApiKey, s3Client } from '@alluvium/lambda-kit';
import { packageServices, startCloud, type Cloud } from '@alluvium/local';
import {
  publish,
  s3ObjectStore,
  systemClock,
  type Delta,
  type DeltaRef,
  type ObjectStore,
} from '@alluvium/vector-store';
import { sentenceOf } from '../search/data/synthetic-texts.ts';

/** What a search needs. */
const SERVICES = ['platform', 'query'];
/** Chunks of the collection. */
export const ROWS = 30_000;
const DIMS = 384;
const PER_DELTA = 3000;
const SENTENCES = 3;
const MODEL = 'bench@0123456789ab';
const INDEX = { path: indexPathOf('bench', MODEL, DIMS), modelId: MODEL, dims: DIMS };
const AT = '2026-03-01T12:00:00.000Z';

/** A stack with a collection to search. */
export interface HttpStack {
  api: string;
  key: string;
  close: () => Promise<void>;
}

/** A vector that follows from a number: near a hundred centres, as texts of a few subjects are. */
export const vectorOf = (row: number): Float32Array => {
  const next = (seed: number) => {
    let state = (seed * 2654435761 + 12345) >>> 0;
    return () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32 - 0.5;
    };
  };
  const [centre, noise] = [next(row % 100), next(row + 1000)];
  return Float32Array.from({ length: DIMS }, () => centre() + noise());
};

const documentOf = (row: number): Delta['documents'][number] => {
  const text = Array.from({ length: SENTENCES }, (_, at) => sentenceOf(row * SENTENCES + at)).join('. ');
  return {
    documentId: `bench/page#${String(row)}`,
    ...{ entity: 'page', entityId: String(row), source: 'bench', title: `Page ${String(row)}` },
    attributes: { even: row % 2 === 0 },
    ...{ revision: { fence: 1, sequence: row, contentHash: hashId(row) }, deleted: false },
    chunks: [
      {
        chunkId: hashId(['chunk', row]),
        ordinal: 0,
        text,
        start: 0,
        end: text.length,
        vector: vectorOf(row),
      },
    ],
  };
};

const deltaOf = (part: number): Delta => ({
  ...{ deltaId: hashId(['delta', part]), collection: 'bench', runId: hashId('run'), attempt: 1, part },
  model: { id: MODEL, dims: DIMS },
  documents: Array.from({ length: PER_DELTA }, (_, at) => documentOf(part * PER_DELTA + at)),
});

const refOf = (part: number): DeltaRef => ({
  ...{ deltaId: hashId(['delta', part]), runId: hashId('run'), attempt: 1, part },
  key: `embeddings/bench/${String(part)}`,
});

const publishRows = async (store: ObjectStore): Promise<void> => {
  const parts = Array.from({ length: ROWS / PER_DELTA }, (_, part) => part);
  await publish({
    ...{ store, indexPath: INDEX.path, fence: 1, clock: systemClock },
    newId: () => `01${hashId('bench').toUpperCase().slice(0, 24)}`,
    choose: () => Promise.resolve(parts.map(refOf)),
    loadDelta: ({ part }) => Promise.resolve(deltaOf(part)),
    checkLease: () => undefined,
  });
  const collection: CollectionV1 = { collection: 'bench', createdAt: AT, updatedAt: AT, active: INDEX };
  await store.put('collections/bench.json', Buffer.from(JSON.stringify(collection)));
};

const useCloud = ({ endpoints }: Cloud): void => {
  Object.assign(process.env, {
    ...{ AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' },
    ...{ AWS_ENDPOINT_URL_S3: endpoints.s3, AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb },
  });
};

const admit = async (tableName: string): Promise<string> => {
  const { key, ...minted } = mintApiKey();
  const record = { ...minted, name: 'bench', scopes: ['read' as const], createdAt: AT };
  await apiKeyTable({ client: documentClient(), tableName }).add(record);
  return key;
};

const exportOf = ({ exports }: Cloud, name: string): string => exports[`alluvium-dev-${name}`] ?? '';

/** Starts what a search needs, with a collection of synthetic vectors. Error: PACKAGING_FAILED. */
export const openHttpStack = async (): Promise<HttpStack> => {
  const directory = await mkdtemp(join(tmpdir(), 'alluvium-bench-http-'));
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const place = { stage: 'dev', region: 'eu-west-1' };
  const stacks = await packageServices({ root, ...place, services: SERVICES });
  const cloud = await startCloud({ root, directory, stacks, ...place });
  const close = async (): Promise<void> => {
    await cloud.close();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    useCloud(cloud);
    await publishRows(s3ObjectStore({ client: s3Client(), bucket: exportOf(cloud, 'DataBucketName') }));
    return { api: cloud.endpoints.api, key: await admit(exportOf(cloud, 'KeysTableName')), close };
  } catch (error) {
    await close();
    throw error;
  }
};
