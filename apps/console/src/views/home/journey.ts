import type { RetrieveResponseV1 } from '@alluvium/contracts';
import { signal } from '@preact/signals';
import { post, Problem } from '../../api/call.ts';
import { upload, type Upload } from '../../api/upload.ts';
import { correlationOf, nounOf } from '../../live/envelope.ts';
import { allEvents } from '../../live/journal.ts';
import type { DroppedFile } from './dropped-files.ts';
import { fittingQuery } from './fitting-query.ts';

/** From a drop to a hit. */
export interface Journey {
  files: number;
  uploaded: number;
  collection: string;
  query: string;
  runId?: string;
  /** From the drop until the first search that found what was dropped. */
  hitMs?: number;
  answer?: RetrieveResponseV1;
  problem?: Problem;
}

const HEAD_BYTES = 64 * 1024;
const POLL_MS = 120;
const PATIENCE_MS = 90_000;

/** The last drop; it outlives the view. */
export const journey = signal<Journey | undefined>(undefined);

const change = (changes: Partial<Journey>): void => {
  if (journey.value !== undefined) journey.value = { ...journey.value, ...changes };
};

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const search = ({ collection, query }: Journey): Promise<RetrieveResponseV1 | undefined> =>
  post<RetrieveResponseV1>('/api/retrieve', {
    ...{ q: query, collection, k: 5, highlight: true, explain: true },
  }).catch((error: unknown) => {
    // It comes into being with its first run.
    if (error instanceof Problem && error.status === 404) return undefined;
    throw error;
  });

// Searching before a vector is stored only keeps the machine from its work.
const mayBeFound = (runId: string): boolean =>
  allEvents().some(
    (entry) => correlationOf(entry) === runId && /^(delta\.created|run\.completed)$/.test(nounOf(entry)),
  );

const isOver = (runId: string): boolean =>
  allEvents().some((entry) => correlationOf(entry) === runId && nounOf(entry) === 'run.completed');

const isHit = (answer: RetrieveResponseV1, { source, files }: Upload): boolean => {
  const ids = new Set(files.map((path) => `${source}/document#${path}`));
  return answer.results.some(({ documentId }) => ids.has(documentId));
};

const awaitHit = async (started: Upload, droppedAtMs: number): Promise<void> => {
  const { runId } = started;
  const mine = journey.value;
  while (performance.now() - droppedAtMs < PATIENCE_MS && journey.value?.runId === runId) {
    const over = isOver(runId);
    const answer = mayBeFound(runId) && mine !== undefined ? await search(mine) : undefined;
    // Records of one file are documents of their own: for them the end of the run has to do.
    if (answer !== undefined && (isHit(answer, started) || over)) {
      change({ answer, ...(answer.results.length > 0 && { hitMs: performance.now() - droppedAtMs }) });
      return;
    }
    await pause(POLL_MS);
  }
};

const travel = async (files: readonly DroppedFile[], collection: string): Promise<void> => {
  const droppedAtMs = performance.now();
  const [first] = files;
  if (first === undefined) return;
  const query = fittingQuery(first.path, await first.file.slice(0, HEAD_BYTES).text());
  journey.value = { files: files.length, uploaded: 0, collection, query };
  // The first search of a while loads the model; it may as well do so while the files are on their way.
  search(journey.value).catch(() => undefined);
  const started = await upload(collection, files, (uploaded) => change({ uploaded }));
  change({ runId: started.runId });
  await awaitHit(started, droppedAtMs);
};

/** Uploads what was dropped, follows it, and finds it. */
export const beginJourney = (files: readonly DroppedFile[], collection: string): void => {
  travel(files, collection).catch((error: unknown) => {
    const problem =
      error instanceof Problem
        ? error
        : new Problem({ title: 'Failed', status: 0, code: 'CONSOLE_FAILED', detail: String(error) });
    change({ problem });
  });
};
