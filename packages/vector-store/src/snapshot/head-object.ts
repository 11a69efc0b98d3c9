import { hasCode, isPipelineError, PipelineError } from '@alluvium/contracts';
import { headKey } from './index-paths.ts';
import { jsonBytes, parseHead, type Head } from './manifest.ts';
import { readObject, type ObjectStore, type PutCondition } from '../store/object-store.ts';

/** HEAD as it was read, with the ETag that a conditional write needs. */
export interface CurrentHead {
  head: Head;
  etag: string;
}

const ATTEMPTS = 4;
const RECENT_PUBLISHES = 32;

/** Reads HEAD. Errors: HEAD_CORRUPT, FORMAT_UNSUPPORTED, those of the store. */
export const readHead = async (store: ObjectStore, indexPath: string): Promise<CurrentHead | undefined> => {
  const key = headKey(indexPath);
  const object = await readObject(store, key);
  return object && { head: parseHead(object.body, key), etag: object.etag };
};

/** FENCED: a newer owner has written; whoever holds `fence` must stop. */
export const assertNotFenced = (indexPath: string, head: Head | undefined, fence: number): void => {
  if (!head || head.fence <= fence) return;
  throw new PipelineError(
    `${indexPath} was claimed with fence ${head.fence}; fence ${fence} may not publish`,
    {
      code: 'FENCED',
      kind: 'fenced',
      details: { indexPath, fence, headFence: head.fence, headVersion: head.version },
    },
  );
};

/** The publish ids to remember after `publishId`. */
export const rememberPublish = (before: Head | undefined, publishId: string): string[] =>
  [...(before?.recentPublishIds ?? []), publishId].slice(-RECENT_PUBLISHES);

/** `landed`: the write happened, even if others have written since. `conflict`: it did not and never will count. */
export type HeadWrite = { kind: 'landed'; etag: string } | { kind: 'superseded' } | { kind: 'conflict' };

/**
 * Moves HEAD from `expected` (undefined: nothing is there) to `next`. Every error but a refusal is ambiguous: a timeout may
 * have succeeded, and a retry inside the SDK turns an own success into a failed condition. So HEAD is read again and asked
 * for our publishId. When HEAD did not move, the same bytes are sent again: whichever copy lands first fails the other.
 * Errors: FENCED; STORE_UNAVAILABLE when the outcome stays open (a late landing is found by the next publish).
 */
export const writeHead = async (
  store: ObjectStore,
  indexPath: string,
  { next, expected }: { next: Head; expected: CurrentHead | undefined },
): Promise<HeadWrite> => {
  const body = jsonBytes(next);
  const condition: PutCondition = expected ? { ifMatch: expected.etag } : { ifNoneMatch: '*' };
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { etag } = await store.put(headKey(indexPath), body, condition, {
        contentType: 'application/json',
      });
      return { kind: 'landed', etag };
    } catch (error) {
      const settled = settle(await readHead(store, indexPath), { next, expected, indexPath });
      if (settled) return settled;
      if (attempt === ATTEMPTS || !isRepeatable(error)) throw error;
    }
  }
};

const isRepeatable = (error: unknown): boolean =>
  hasCode(error, 'PRECONDITION_FAILED') || (isPipelineError(error) && error.kind === 'unavailable');

const settle = (
  now: CurrentHead | undefined,
  { next, expected, indexPath }: { next: Head; expected: CurrentHead | undefined; indexPath: string },
): HeadWrite | undefined => {
  if (now?.head.publishId === next.publishId) return { kind: 'landed', etag: now.etag };
  if (now?.head.recentPublishIds.includes(next.publishId)) return { kind: 'superseded' };
  assertNotFenced(indexPath, now?.head, next.fence);
  return now?.etag === expected?.etag ? undefined : { kind: 'conflict' };
};
