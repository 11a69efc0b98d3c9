import { execFileSync } from 'node:child_process';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { productInputs, type Precision } from './embed-models.ts';
import { median } from './report.ts';

/** How many texts run together where nobody thinks of their lengths. */
const NAIVE_TEXTS = 32;

/** Median time of each task in ms. They take turns, so that a disturbance meets all of them; the first turn warms up. */
export const takeTurns = async (
  rounds: number,
  tasks: Record<string, () => Promise<unknown>>,
): Promise<Record<string, number>> => {
  const times = new Map<string, number[]>();
  for (let round = -1; round < rounds; round += 1)
    for (const [name, task] of Object.entries(tasks)) {
      const startedMs = performance.now();
      await task();
      if (round >= 0) times.set(name, [...(times.get(name) ?? []), performance.now() - startedMs]);
    }
  return Object.fromEntries([...times].map(([name, taken]) => [name, median(taken)]));
};

const column = (lengths: readonly number[], longest: number, valueOf: (at: number) => bigint) => {
  const values = new BigInt64Array(lengths.length * longest);
  for (const [row, length] of lengths.entries())
    for (let at = 0; at < length; at += 1) values[row * longest + at] = valueOf(at);
  return new Tensor('int64', values, [lengths.length, longest]);
};

/** Runs texts of those lengths 32 at a time, in the order of their arrival, each padded to the longest of its 32. */
export const runNaively = async (session: InferenceSession, lengths: readonly number[]): Promise<void> => {
  for (let first = 0; first < lengths.length; first += NAIVE_TEXTS) {
    const batch = lengths.slice(first, first + NAIVE_TEXTS);
    const longest = Math.max(...batch);
    const feeds = {
      input_ids: column(batch, longest, (at) => BigInt(5 + (at % 100))),
      attention_mask: column(batch, longest, () => 1n),
      token_type_ids: column(batch, longest, () => 0n),
    };
    await session.run(feeds, ['last_hidden_state']);
  }
};

const productFeeds = (tokens: number, precision: Precision): Record<string, Tensor> => {
  const feeds: Record<string, Tensor> = {};
  for (const [name, shape] of Object.entries(productInputs(tokens))) {
    const count = shape.reduce((product, size) => product * size, 1);
    const isInteger = precision === 'int8' && (name === 'narrow' || name === 'wide');
    feeds[name] = isInteger
      ? new Tensor('uint8', new Uint8Array(count).fill(3), shape)
      : new Tensor('float32', new Float32Array(count).fill(0.1), shape);
  }
  return feeds;
};

/** Does the matrix products of `texts` texts of `tokens` tokens, one text after the other. */
export const productRuns = (
  session: InferenceSession,
  precision: Precision,
  { tokens, texts }: { tokens: number; texts: number },
): (() => Promise<void>) => {
  const feeds = productFeeds(tokens, precision);
  return async () => {
    for (let text = 0; text < texts; text += 1) await session.run(feeds);
  };
};

/** Opens a model with onnxruntime as the embedder does. */
export const openSession = (path: string, threads: number): Promise<InferenceSession> =>
  InferenceSession.create(path, { intraOpNumThreads: threads, logSeverityLevel: 4 });

const LOAD = `
const { loadEmbedder } = await import(process.argv[1]);
const started = performance.now();
await loadEmbedder({ directory: process.argv[2], runtime: process.argv[3] });
console.log(performance.now() - started);
process.exit();`;

/** Median milliseconds that opening a model takes in a fresh process, its modules imported. */
export const loadMs = (directory: string, runtime: 'native' | 'plain', rounds: number): number => {
  const embedding = import.meta.resolve('@alluvium/embedding');
  const args = ['--input-type=module', '-e', LOAD, embedding, directory, runtime];
  const once = () => Number(execFileSync(process.execPath, args, { encoding: 'utf8' }));
  return median(Array.from({ length: rounds }, once));
};

/** Longest time in ms for which `task` kept the event loop from everything else. */
export const longestHoldMs = async (task: () => Promise<unknown>): Promise<number> => {
  let last = performance.now();
  let longest = 0;
  const beat = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const timer = setInterval(beat, 1);
  await task();
  beat();
  clearInterval(timer);
  return longest;
};
