import type { RetrieveResponseV1 } from '@alluvium/contracts';
import { signal } from '@preact/signals';
import { asProblem, call, post, Problem } from '../../api/call.ts';
import { info } from '../../api/info.ts';
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
  /** It took too long, or a search finds nothing of it. */
  isMissed?: boolean;
  problem?: Problem;
}

const HEAD_BYTES = 64 * 1024;
const POLL_MS = 120;
/** A deployed stack has a price and a throttle. */
const REMOTE_POLL_MS = 1500;
const PATIENCE_MS = 90_000;
const PASSING = new Set([404, 429]);

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
    // It comes into being with its first run; and a function that is just waking up may be too late.
    if (error instanceof Problem && (PASSING.has(error.status) || error.status >= 500)) return undefined;
    throw error;
  });

// Searching before a vector is stored only keeps the machine from its work.
const mayBeFound = (runId: string): boolean =>
  info.value?.events !== true ||
  allEvents().some(
    (entry) => correlationOf(entry) === runId && /^(delta\.created|run\.completed)$/.test(nounOf(entry)),
  );

const isOver = async (runId: string): Promise<boolean> => {
  if (info.value?.events === true)
    return allEvents().some((entry) => correlationOf(entry) === runId && nounOf(entry) === 'run.completed');
  const job = await call<{ complete: boolean }>(`/api/status/${runId}`).catch(() => undefined);
  return job?.complete === true;
};

const isHit = (answer: RetrieveResponseV1, { source, files }: Upload): boolean => {
  const ids = new Set(files.map((path) => `${source}/document#${path}`));
  return answer.results.some(({ documentId }) => ids.has(documentId));
};

// Records of one file are documents of their own: for them the end of the run has to do.
const look = async (mine: Journey, started: Upload): Promise<RetrieveResponseV1 | undefined> => {
  const over = await isOver(started.runId);
  if (!mayBeFound(started.runId)) return undefined;
  const answer = await search(mine);
  if (answer === undefined || answer.results.length === 0) return undefined;
  return over || isHit(answer, started) ? answer : undefined;
};

const isMine = ({ runId }: Upload): boolean => journey.value?.runId === runId;

const awaitHit = async (mine: Journey, started: Upload, droppedAtMs: number): Promise<void> => {
  while (performance.now() - droppedAtMs < PATIENCE_MS && isMine(started)) {
    const answer = await look(mine, started);
    if (answer !== undefined) {
      change({ answer, hitMs: performance.now() - droppedAtMs });
      return;
    }
    await pause(info.value?.events === true ? POLL_MS : REMOTE_POLL_MS);
  }
  if (isMine(started)) change({ isMissed: true });
};

const travel = async (files: readonly DroppedFile[], collection: string): Promise<void> => {
  const droppedAtMs = performance.now();
  const [first] = files;
  if (first === undefined) return;
  const query = fittingQuery(first.path, await first.file.slice(0, HEAD_BYTES).text());
  const mine: Journey = { files: files.length, uploaded: 0, collection, query };
  journey.value = mine;
  // The first search of a while loads the model; it may as well do so while the files are on their way.
  search(mine).catch(() => undefined);
  const started = await upload(collection, files, (uploaded) => change({ uploaded }));
  change({ runId: started.runId });
  await awaitHit(mine, started, droppedAtMs);
};

/** Uploads what was dropped, follows it, and finds it. */
export const beginJourney = (files: readonly DroppedFile[], collection: string): void => {
  travel(files, collection).catch((error: unknown) => change({ problem: asProblem(error) }));
};
