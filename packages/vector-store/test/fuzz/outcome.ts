import { isPipelineError } from '@alluvium/contracts';

/** A property that does not hold: what a target throws when an answer is wrong. */
export class Violation extends Error {}

/** What one input came to. */
export interface Outcome {
  kind: 'answered' | 'refused' | 'violation';
  /** Code of the refusal, or what is wrong. */
  what: string;
}

const ALLOWED = new Set(['corrupt', 'invalid']);
/** What one input may take at most; a length in it may say anything. */
const MOST_BYTES = 256_000_000;

const judge = (error: unknown): Outcome => {
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  if (error instanceof Violation || !isPipelineError(error)) {
    const stack = error instanceof Error ? (error.stack ?? '') : '';
    return { kind: 'violation', what: `${what}\n${stack.split('\n').slice(1, 6).join('\n')}` };
  }
  if (!ALLOWED.has(error.kind)) return { kind: 'violation', what: `${error.code} is ${error.kind}` };
  const isNamed = Object.keys(error.details).length > 0;
  return isNamed
    ? { kind: 'refused', what: error.code }
    : { kind: 'violation', what: `${what}, without details` };
};

/** Runs one input: it must be answered or refused, within the time and without much memory. */
export const attempt = async (run: () => Promise<void>, mostMs: number): Promise<Outcome> => {
  const before = process.memoryUsage().arrayBuffers;
  const startedMs = performance.now();
  let outcome: Outcome = { kind: 'answered', what: '' };
  try {
    await run();
  } catch (error) {
    outcome = judge(error);
  }
  const tookMs = performance.now() - startedMs;
  const tookBytes = process.memoryUsage().arrayBuffers - before;
  if (tookMs > mostMs) return { kind: 'violation', what: `it took ${Math.round(tookMs)} ms` };
  if (tookBytes > MOST_BYTES) return { kind: 'violation', what: `it took ${tookBytes} bytes of memory` };
  return outcome;
};
