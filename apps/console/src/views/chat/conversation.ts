import { signal } from '@preact/signals';
import { call, post, Problem } from '../../api/call.ts';

/** A chunk that an answer rests on. */
export interface Citation {
  chunkId: string;
  documentId: string;
  title: string;
  snippet?: string;
}

/** A question and its answer. */
export interface Turn {
  id: number;
  question: string;
  answer?: string;
  citations: Citation[];
  state: string;
  problem?: Problem;
}

interface ChatJob {
  jobId: string;
  state: string;
  complete?: boolean;
  error?: { code: string; message: string };
  result?: Record<string, unknown>;
  resultSummary?: string;
}

const POLL_MS = 300;
const PATIENCE_MS = 90_000;

/** What was said so far. */
export const turns = signal<readonly Turn[]>([]);

let sessionId: string | undefined;
let nextId = 1;

const change = (id: number, changes: Partial<Turn>): void => {
  turns.value = turns.value.map((turn) => (turn.id === id ? { ...turn, ...changes } : turn));
};

const textIn = (value: Record<string, unknown>, ...names: string[]): string | undefined =>
  names.map((name) => value[name]).find((found) => typeof found === 'string');

const citationOf = (value: unknown): Citation[] => {
  const record = (value ?? {}) as Record<string, unknown>;
  const chunkId = textIn(record, 'chunkId', 'id');
  const documentId = textIn(record, 'documentId');
  if (chunkId === undefined || documentId === undefined) return [];
  const snippet = textIn(record, 'snippet', 'text', 'quote');
  return [
    {
      chunkId,
      documentId,
      title: textIn(record, 'title') ?? documentId,
      ...(snippet !== undefined && { snippet }),
    },
  ];
};

const outcomeOf = ({ result = {}, resultSummary }: ChatJob): Pick<Turn, 'answer' | 'citations'> => {
  const listed = [result['citations'], result['sources']].find(Array.isArray) as unknown[] | undefined;
  return {
    answer: textIn(result, 'answer', 'text', 'message') ?? resultSummary ?? 'There is no answer.',
    citations: (listed ?? []).flatMap(citationOf),
  };
};

const isOver = ({ state, complete }: ChatJob): boolean =>
  complete === true || !['queued', 'running'].includes(state);

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const awaitJob = async (statusUrl: string, id: number): Promise<ChatJob> => {
  for (const untilMs = Date.now() + PATIENCE_MS; ;) {
    const job = await call<ChatJob>(`/api${statusUrl}`);
    change(id, { state: job.state });
    if (isOver(job) || Date.now() > untilMs) return job;
    await pause(POLL_MS);
  }
};

const talk = async (id: number, message: string, collection: string): Promise<void> => {
  sessionId ??= crypto.randomUUID().replaceAll('-', '');
  const { statusUrl } = await post<{ jobId: string; statusUrl: string }>('/api/chat', {
    ...{ message, collection, sessionId },
  });
  const job = await awaitJob(statusUrl, id);
  if (job.state === 'failed' || job.error !== undefined) {
    const { code = 'CHAT_FAILED', message: detail = 'It came without a reason.' } = job.error ?? {};
    throw new Problem({ title: 'No answer', status: 500, code, detail });
  }
  change(id, outcomeOf(job));
};

/** Asks, and shows the answer when it is there. */
export const ask = (message: string, collection: string): void => {
  const id = (nextId += 1);
  turns.value = [...turns.value, { id, question: message, citations: [], state: 'queued' }];
  talk(id, message, collection).catch((error: unknown) => {
    const problem =
      error instanceof Problem
        ? error
        : new Problem({ title: 'Failed', status: 0, code: 'CONSOLE_FAILED', detail: String(error) });
    change(id, { problem });
  });
};

/** Begins anew: what was said is no longer known. */
export const forget = (): void => {
  sessionId = undefined;
  turns.value = [];
};
