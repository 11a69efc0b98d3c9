import { call, post, Problem } from './call.ts';

/** What became of an operation. */
export interface Operation {
  operationId: string;
  operation: string;
  state: string;
  summary?: string;
  error?: { code: string; message: string };
}

const POLL_MS = 400;
const PATIENCE_MS = 60_000;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks the owner of something to change it, and waits for its answer. Error: Problem. */
export const operate = async (
  operation: string,
  args: Record<string, unknown>,
  reason?: string,
): Promise<Operation> => {
  const body = { operation, args, ...(reason !== undefined && reason !== '' && { reason }) };
  const { operationId } = await post<{ operationId: string }>('/api/operations', body);
  for (const untilMs = Date.now() + PATIENCE_MS; Date.now() < untilMs;) {
    const known = await call<Operation>(`/api/operations/${operationId}`);
    if (known.state === 'done') return known;
    if (known.state === 'failed') {
      const { code = 'OPERATION_FAILED', message = 'It was refused.' } = known.error ?? {};
      throw new Problem({ title: `${operation} failed`, status: 409, code, detail: message });
    }
    await pause(POLL_MS);
  }
  throw new Problem({
    title: 'No answer yet',
    status: 504,
    code: 'OPERATION_PENDING',
    detail: `Nobody has answered operation ${operationId} so far; it may still happen.`,
  });
};
