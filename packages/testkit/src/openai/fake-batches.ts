import { embeddingAnswer } from './embedding-answer.ts';

/** A batch as the API tells it. */
export interface FakeBatch {
  id: string;
  object: 'batch';
  endpoint: string;
  input_file_id: string;
  completion_window: string;
  status: string;
  created_at: number;
  output_file_id: string | null;
  error_file_id: string | null;
  errors: { object: 'list'; data: { code: string; message: string }[] } | null;
  request_counts: { total: number; completed: number; failed: number };
  metadata: Record<string, string> | null;
}

/** How the next batch goes. */
export interface BatchFate {
  /** Its end; completed when not given. */
  outcome?: 'completed' | 'failed' | 'expired' | 'cancelled';
  /** Requests that are done before it ends; all when not given. */
  finished?: number;
  /** Gives the code of the error that a request's text gets; undefined when it gets its vector. */
  refuse?: (text: string) => string | undefined;
  /** Changes the output file. */
  spoil?: (lines: string[]) => string;
}

interface Request {
  custom_id: string;
  url: string;
  body: { input: string };
}

interface Running {
  batch: FakeBatch;
  requests: Request[];
  fate: BatchFate;
  startedMs: number;
}

/** When a batch passes through its states, in milliseconds after its creation. */
const IN_PROGRESS_MS = 60_000;
const FINALIZING_MS = 600_000;
const ENDED_MS = 660_000;
const WINDOW_MS = 86_400_000;
const MAX_REQUESTS = 50_000;

/** Files by id. */
export type Files = Map<string, Uint8Array>;

const lineOf = (custom_id: string, rest: object): string =>
  JSON.stringify({ id: `batch_req_${custom_id}`, custom_id, response: null, error: null, ...rest });

const outputLine = ({ custom_id, body }: Request, dims: number): string => {
  const { status: status_code, body: answer } = embeddingAnswer(body, dims);
  return lineOf(custom_id, { response: { status_code, request_id: `req_${custom_id}`, body: answer } });
};

const errorLine = (custom_id: string, code: string): string =>
  code === 'batch_expired'
    ? lineOf(custom_id, {
        error: { code, message: 'This request could not be executed before the completion window expired.' },
      })
    : lineOf(custom_id, {
        response: { status_code: 400, body: { error: { code, message: `refused: ${code}` } } },
      });

const faultOf = (requests: Request[]): { code: string; message: string } | undefined => {
  if (requests.length === 0) return { code: 'empty_file', message: 'The input file is empty.' };
  if (requests.length > MAX_REQUESTS) return { code: 'too_many_requests', message: 'Too many requests.' };
  const ids = new Set(requests.map(({ custom_id }) => custom_id));
  if (ids.size < requests.length)
    return { code: 'duplicate_custom_id', message: 'The custom_id is not unique.' };
  return undefined;
};

/** Batches that go on with the clock. */
export const fakeBatches = (
  files: Files,
  { dims, newId }: { dims: number; newId: (kind: string) => string },
) => {
  const running: Running[] = [];

  // Nothing comes back in the order in which it was sent.
  const shuffled = (lines: string[]): string[] => [...lines].reverse();

  const store = (lines: string[], spoil?: BatchFate['spoil']): string | null => {
    if (lines.length === 0) return null;
    const id = newId('file');
    files.set(id, Buffer.from(spoil?.(lines) ?? `${lines.join('\n')}\n`));
    return id;
  };

  const deliver = ({ batch, requests, fate }: Running): void => {
    const { outcome = 'completed', finished = requests.length, refuse, spoil } = fate;
    const errors: string[] = [];
    const outputs: string[] = [];
    for (const [index, request] of shuffled(requests.map((each) => JSON.stringify(each))).entries()) {
      const parsed = JSON.parse(request) as Request;
      const code = index >= finished ? `batch_${outcome}` : refuse?.(parsed.body.input);
      if (code === undefined) outputs.push(outputLine(parsed, dims));
      else errors.push(errorLine(parsed.custom_id, code));
    }
    batch.output_file_id = store(outputs, spoil);
    batch.error_file_id = store(errors);
    batch.request_counts = { total: requests.length, completed: outputs.length, failed: errors.length };
    batch.status = outcome;
  };

  const fail = (batch: FakeBatch, fault: { code: string; message: string }): void => {
    batch.status = 'failed';
    batch.errors = { object: 'list', data: [fault] };
  };

  const move = (each: Running, nowMs: number): void => {
    const { batch, fate, requests, startedMs } = each;
    if (['completed', 'failed', 'expired', 'cancelled'].includes(batch.status)) return;
    const ageMs = nowMs - startedMs;
    const fault =
      fate.outcome === 'failed'
        ? { code: 'token_limit_exceeded', message: 'Enqueued token limit reached.' }
        : faultOf(requests);
    if (ageMs < IN_PROGRESS_MS) return;
    if (fault !== undefined) fail(batch, fault);
    else if (ageMs >= (fate.outcome === 'expired' ? WINDOW_MS : ENDED_MS)) deliver(each);
    else batch.status = ageMs >= FINALIZING_MS ? 'finalizing' : 'in_progress';
  };

  return {
    /** The newest first, as of `nowMs`. */
    all: (nowMs: number): FakeBatch[] => {
      for (const each of running) move(each, nowMs);
      return running.map(({ batch }) => batch).reverse();
    },
    create: (
      body: {
        input_file_id: string;
        endpoint: string;
        completion_window: string;
        metadata?: Record<string, string>;
      },
      fate: BatchFate,
      nowMs: number,
    ): FakeBatch => {
      const lines = Buffer.from(files.get(body.input_file_id) ?? [])
        .toString('utf8')
        .split('\n');
      const requests = lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Request);
      const batch: FakeBatch = {
        ...{
          id: newId('batch'),
          object: 'batch',
          endpoint: body.endpoint,
          input_file_id: body.input_file_id,
        },
        ...{ completion_window: body.completion_window, status: 'validating' },
        ...{ created_at: Math.floor(nowMs / 1000), output_file_id: null, error_file_id: null, errors: null },
        request_counts: { total: requests.length, completed: 0, failed: 0 },
        metadata: body.metadata ?? null,
      };
      running.push({ batch, requests, fate, startedMs: nowMs });
      return batch;
    },
    /** Creations within the hour before `nowMs`. */
    recent: (nowMs: number): number =>
      running.filter(({ startedMs }) => nowMs - startedMs < 3_600_000).length,
  };
};
