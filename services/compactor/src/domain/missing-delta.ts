import { PipelineError } from '@alluvium/contracts';
import type { InboxItem } from './inbox-item.ts';

/** A delta whose object is not there is given up at this try. */
export const MAX_TRIES = 5;
/** Between two tries, so that the doorbells of a busy index do not use them up within a minute. */
export const TRY_PAUSE_MS = 10 * 60 * 1000;

/** What to write down for a delta that is not there, or undefined when this was the last try. */
export const nextTry = (
  { tries }: Pick<InboxItem, 'tries'>,
  nowMs: number,
): { tries: number; notBeforeMs: number } | undefined =>
  tries + 1 < MAX_TRIES ? { tries: tries + 1, notBeforeMs: nowMs + TRY_PAUSE_MS } : undefined;

/** DELTA_MISSING (invalid): the delta is rejected, the others go on. */
export const deltaMissing = (key: string): PipelineError =>
  new PipelineError(`${key} was looked for ${MAX_TRIES} times and was never there`, {
    code: 'DELTA_MISSING',
    kind: 'invalid',
    details: { key, tries: MAX_TRIES },
  });
