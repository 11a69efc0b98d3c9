import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, type Clock } from '../common/clock.ts';
import { serveLocal } from '../common/http-server.ts';
import { openStore, type Store } from '../common/store.ts';
import { BlobStore } from './blob-store.ts';
import { referencedBlobs } from './catalog.ts';
import { NamedMutex } from './mutex.ts';
import type { S3Notification } from './notifications.ts';
import { Outbox } from './outbox.ts';
import type { S3Context } from './s3-context.ts';
import { makeHandler } from './s3-handler.ts';
import { Sequence } from './sequence.ts';
import type { S3Credentials } from './sigv4.ts';

export type { S3Notification } from './notifications.ts';
export type { S3Credentials } from './sigv4.ts';

/** Present while the last process closed in order: then no orphan can be there. */
const CLEAN_ROW = 'closed-cleanly';

export const DEFAULT_S3_CREDENTIALS: readonly S3Credentials[] = [
  { accessKeyId: 'local', secretAccessKey: 'local' },
  { accessKeyId: 'test', secretAccessKey: 'test' },
];

export interface S3ServerOptions {
  /** Where everything is kept. Absent: metadata in memory, bodies in a temporary folder that goes with the server. */
  directory?: string;
  /** 0, the default, picks a free one. */
  port?: number;
  clock?: Clock;
  /**
   * Takes the events of buckets that have EventBridge notifications on. An event counts as delivered when the promise
   * resolves; it is repeated until then, also after a restart, so it may come twice.
   */
  onEvent?: (event: S3Notification) => Promise<void>;
  /** Of buckets made without a location constraint. */
  region?: string;
  accountId?: string;
  /** Who may presign URLs and POST policies. Signed headers are not verified: any credentials will do for those. */
  credentials?: readonly S3Credentials[];
}

export interface S3Server {
  /** `http://127.0.0.1:<port>`; SDKs address buckets by path there, and by host at `http://localhost:<port>`. */
  endpoint: string;
  port: number;
  close(): Promise<void>;
}

const openBlobs = async (store: Store, directory: string): Promise<BlobStore> => {
  const blobs = new BlobStore(directory);
  if ((await store.get(CLEAN_ROW)) === undefined) await blobs.sweep(await referencedBlobs(store));
  await store.del(CLEAN_ROW);
  return blobs;
};

interface Opened {
  context: S3Context;
  dispose: () => Promise<void>;
}

const open = async (options: S3ServerOptions, endpoint: () => string): Promise<Opened> => {
  const { directory, clock = systemClock, region = 'us-east-1', accountId = '000000000000' } = options;
  const base = directory ?? (await mkdtemp(join(tmpdir(), 'alluvium-s3-')));
  const store = await openStore(directory === undefined ? undefined : join(directory, 'meta'));
  const context: S3Context = {
    store,
    blobs: await openBlobs(store, join(base, 'blobs')),
    locks: new NamedMutex(),
    clock,
    sequence: await Sequence.open(store, clock),
    outbox: new Outbox(store, clock, options.onEvent),
    region,
    accountId,
    credentials: options.credentials ?? DEFAULT_S3_CREDENTIALS,
    endpoint,
  };
  const dispose = async () => {
    await context.outbox.close();
    await context.blobs.settle();
    await store.put(CLEAN_ROW, true);
    await store.close();
    if (directory === undefined) await rm(base, { recursive: true, force: true });
  };
  return { context, dispose };
};

/** Starts an S3 on the loopback interface. What it has acknowledged survives the death of the process. */
export const startS3 = async (options: S3ServerOptions = {}): Promise<S3Server> => {
  let endpoint = '';
  const { context, dispose } = await open(options, () => endpoint);
  const handle = makeHandler(context);
  const underWay = new Set<Promise<void>>();
  const server = await serveLocal(async (request, response) => {
    const work = handle(request, response);
    underWay.add(work);
    await work.finally(() => underWay.delete(work));
  }, options.port);
  endpoint = server.endpoint;
  await context.outbox.resume();
  return {
    endpoint,
    port: server.port,
    close: async () => {
      await server.close();
      await Promise.allSettled(underWay);
      await dispose();
    },
  };
};
