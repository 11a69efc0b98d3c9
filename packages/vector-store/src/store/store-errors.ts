import { PipelineError } from '@alluvium/contracts';
import type { ByteRange, PutCondition } from './object-store.ts';

/** A condition of a write did not hold; `status` is S3's answer (412, 409, or 404 for If-Match on nothing). */
export const preconditionFailed = (
  key: string,
  condition: PutCondition,
  { status = 412, cause }: { status?: number; cause?: unknown } = {},
): PipelineError =>
  new PipelineError(`The condition ${JSON.stringify(condition)} on ${key} does not hold`, {
    code: 'PRECONDITION_FAILED',
    kind: 'conflict',
    details: { key, status, ...condition },
    cause,
  });

/** A range that begins outside the object. */
export const rangeInvalid = (key: string, range: ByteRange | undefined, cause?: unknown): PipelineError =>
  new PipelineError(`Bytes ${range?.start ?? 0} to ${range?.end ?? 0} of ${key} do not exist`, {
    code: 'RANGE_INVALID',
    kind: 'invalid',
    details: { key, ...range },
    cause,
  });

/** Stored bytes that contradict what they are said to be. */
export const corruptObject = (
  code: string,
  message: string,
  details: Record<string, unknown>,
): PipelineError => new PipelineError(message, { code, kind: 'corrupt', details });
