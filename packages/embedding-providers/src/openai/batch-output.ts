import { isPipelineError, type FailureV1 } from '@alluvium/contracts';
import type { BatchResults } from '../batch-port.ts';
import { refusalOf, type Complaint } from './refusal.ts';
import { unitVector } from '../vectors.ts';
import { vectorsOfAnswer } from './openai-vectors.ts';

interface Line {
  custom_id?: unknown;
  response?: { status_code?: unknown; body?: unknown } | null;
  error?: Complaint | null;
}

const vectorOf = ({ response, error }: Line, dims: number): Float32Array | FailureV1 => {
  const { status_code: status, body } = response ?? {};
  if (error || status !== 200) return refusalOf(error ?? (body as { error?: Complaint } | undefined)?.error);
  try {
    const [vector] = vectorsOfAnswer(body, 1);
    return unitVector(vector ?? new Float32Array(0), dims);
  } catch (fault) {
    if (!isPipelineError(fault)) throw fault;
    return { code: fault.code, message: fault.message };
  }
};

const parseLine = (text: string): Line | undefined => {
  try {
    const line: unknown = JSON.parse(text);
    return typeof line === 'object' && line !== null ? line : undefined;
  } catch {
    return undefined;
  }
};

/** Empty results, to be filled by {@link readBatchLines}. */
export const noResults = (): BatchResults => ({
  ...{ vectors: new Map<string, Float32Array>(), failures: new Map<string, FailureV1>() },
  ...{ unknown: 0, broken: 0 },
});

const take = (results: BatchResults, line: Line, { id, dims }: { id: string; dims: number }): void => {
  // The first answer counts, and a vector counts more than a failure.
  if (results.vectors.has(id)) return;
  const outcome = vectorOf(line, dims);
  if (outcome instanceof Float32Array) {
    results.vectors.set(id, outcome);
    results.failures.delete(id);
  } else results.failures.set(id, outcome);
};

/** Reads an output or error file of a batch into results: lines in any order, told apart by their `custom_id`. */
export const readBatchLines = (
  results: BatchResults,
  bytes: Uint8Array,
  { asked, dims }: { asked: ReadonlySet<string>; dims: number },
): void => {
  for (const text of Buffer.from(bytes).toString('utf8').split('\n')) {
    if (text.trim() === '') continue;
    const line = parseLine(text);
    const id = line?.custom_id;
    if (line === undefined || typeof id !== 'string') results.broken += 1;
    else if (asked.has(id)) take(results, line, { id, dims });
    else results.unknown += 1;
  }
};
