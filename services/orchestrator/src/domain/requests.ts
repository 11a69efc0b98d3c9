import { describeFault, PipelineError, type DocumentContract } from '@alluvium/contracts';
import type { Job } from './job.ts';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;
const MAX_KEY_LENGTH = 255;
const CURSOR = /^(\d{4}-\d{2}-\d{2}T[\d:.]+Z)#([0-9A-Za-z]{1,64})$/;

const refuse = (code: string, message: string): PipelineError =>
  new PipelineError(message, { code, kind: 'invalid' });

/** Number of jobs on a page: 1..100, 20 when not given. Errors: LIMIT_INVALID. */
export const parseLimit = (text: string | undefined): number => {
  if (text === undefined) return DEFAULT_LIMIT;
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw refuse(
    'LIMIT_INVALID',
    `limit must be a whole number from 1 to ${MAX_LIMIT}, not "${text.slice(0, 40)}".`,
  );
};

/** Names the page after a job, for a client to hand back. */
export const cursorAfter = ({ createdAt, jobId }: Pick<Job, 'createdAt' | 'jobId'>): string =>
  Buffer.from(`${createdAt}#${jobId}`).toString('base64url');

/** The job that a page follows. Errors: CURSOR_INVALID. */
export const parseCursor = (cursor: string | undefined): Pick<Job, 'createdAt' | 'jobId'> | undefined => {
  if (cursor === undefined) return undefined;
  const [, createdAt, jobId] = CURSOR.exec(Buffer.from(cursor, 'base64url').toString('utf8')) ?? [];
  if (createdAt !== undefined && jobId !== undefined) return { createdAt, jobId };
  throw refuse('CURSOR_INVALID', 'cursor must be one that an earlier answer gave.');
};

/** The name of a collection in a path. Errors: COLLECTION_NOT_FOUND for what cannot be one. */
export const parseCollectionName = (name: string): string => {
  if (/^[a-z0-9][a-z0-9-]{0,62}$/.test(name)) return name;
  throw refuse('COLLECTION_NOT_FOUND', `There is no collection "${name.slice(0, 63)}".`);
};

/** A body that fits its schema and has nothing beside. Errors: REQUEST_INVALID naming the field. */
export const parseBody = <T>({ closed }: DocumentContract<T>, body: unknown): T => {
  if (closed(body)) return body;
  throw refuse('REQUEST_INVALID', `The body is refused: ${describeFault(closed.errors)}.`);
};

/** The caller's Idempotency-Key, if there is one. Errors: IDEMPOTENCY_KEY_INVALID. */
export const headerKeyOf = (header: string | null): string | undefined => {
  if (header === null) return undefined;
  if (/^[\x21-\x7e]+$/.test(header) && header.length <= MAX_KEY_LENGTH) return `key ${header}`;
  throw refuse(
    'IDEMPOTENCY_KEY_INVALID',
    `The header Idempotency-Key takes 1 to ${MAX_KEY_LENGTH} visible ASCII characters.`,
  );
};
