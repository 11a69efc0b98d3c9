import type { Clock } from '../common/clock.ts';
import type { Store } from '../common/store.ts';
import type { BlobStore } from './blob-store.ts';
import type { NamedMutex } from './mutex.ts';
import type { Outbox } from './outbox.ts';
import { getBucket } from './catalog.ts';
import type { BucketRecord } from './records.ts';
import { S3Error } from './s3-error.ts';
import type { S3Request, S3Response } from './s3-request.ts';
import type { Sequence } from './sequence.ts';
import type { S3Credentials } from './sigv4.ts';

/** What every operation works with. */
export interface S3Context {
  store: Store;
  blobs: BlobStore;
  /** One name a bucket: every commit checks its conditions and writes its batch alone in the bucket. */
  locks: NamedMutex;
  clock: Clock;
  sequence: Sequence;
  outbox: Outbox;
  region: string;
  accountId: string;
  credentials: readonly S3Credentials[];
  endpoint: () => string;
}

export type Operation = (context: S3Context, request: S3Request) => Promise<S3Response>;

export const requireBucket = async (context: S3Context, name: string): Promise<BucketRecord> => {
  const bucket = await getBucket(context.store, name);
  if (bucket === undefined) throw new S3Error('NoSuchBucket', { details: { BucketName: name } });
  return bucket;
};

export const xmlResponse = (body: string, headers: Record<string, string> = {}): S3Response => ({
  status: 200,
  headers: { 'content-type': 'application/xml', ...headers },
  body,
});
