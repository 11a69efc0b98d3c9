import { signal } from '@preact/signals';
import { asProblem, call, post, Problem } from '../../api/call.ts';

/** A passage that an answer rests on. */
export interface Citation {
  /** As the answer has it in brackets. */
  number: number;
  chunkId: string;
  documentId: string;
  title: string;
  quote?: string;
}

/** What a question was answered with. */
export interface Answer {
  answer: string;
  citations: Citation[];
  provider?: { name: string; model?: string };
  /** What the reader ought to know of the answer. */
  notice?: string;
}

/** A question and its answer. */
export interface Turn {
  id: number;
  question: string;
  answer?: Answer;
  state: string;
  problem?: Problem;
}

interface ChatJob {
  state: string;
  complete: boolean;
  error?: { code: string; message: string };
  answer?: Answer;
}

interface Asked {
  statusUrl: string;
  sessionId?: string;
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

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const awaitJob = async (statusUrl: string, id: number): Promise<ChatJob> => {
  for (const untilMs = Date.now() + PATIENCE_MS; ;) {
    const job = await call<ChatJob>(`/api${statusUrl}`);
    change(id, { state: job.state });
    if (job.complete || Date.now() > untilMs) return job;
    await pause(POLL_MS);
  }
};

const talk = async (id: number, message: string, collection: string): Promise<void> => {
  const asked = await post<Asked>('/api/chat', {
    ...{ message, collection },
    ...(sessionId !== undefined && { sessionId }),
  });
  sessionId = asked.sessionId ?? sessionId;
  const { state, answer, error } = await awaitJob(asked.statusUrl, id);
  if (answer === undefined) {
    const { code = 'CHAT_FAILED', message: detail = `It ended as ${state}, without a reason.` } = error ?? {};
    throw new Problem({ title: 'No answer', status: 500, code, detail });
  }
  change(id, { answer });
};

/** Asks, and shows the answer when it is there. */
export const ask = (message: string, collection: string): void => {
  const id = (nextId += 1);
  turns.value = [...turns.value, { id, question: message, state: 'queued' }];
  talk(id, message, collection).catch((error: unknown) => change(id, { problem: asProblem(error) }));
};

/** Begins anew: what was said is no longer known, there neither. */
export const forget = (): void => {
  if (sessionId !== undefined)
    call(`/api/sessions/${sessionId}`, { method: 'DELETE' }).catch(() => undefined);
  sessionId = undefined;
  turns.value = [];
};
