import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadEmbedder, type Embedder } from '@alluvium/embedding';
import type { InferenceSession } from 'onnxruntime-node';
import { productsModel, writeEncoder, type Precision } from './support/embed-models.ts';
import {
  loadMs,
  longestHoldMs,
  openSession,
  productRuns,
  runNaively,
  takeTurns,
} from './support/embed-runs.ts';
import { mixedLengths, paragraphs, textOf } from './support/embed-texts.ts';
import { atLeast, atMost, machine, rounded, type Bar, type Report, type Row } from './support/report.ts';

const BUILT_IN = fileURLToPath(new URL('../packages/embedding/models/alluvium-384', import.meta.url));
const LENGTHS = [64, 128, 256];
/** Tokens of all texts of one task: enough for seconds, in fp32, and few enough for a coffee. */
const TOKENS = 4096;
const MIXED_TEXTS = 96;
const PARAGRAPHS = 600;
/** What not padding must bring on texts of mixed lengths. */
const BUCKETING_BOUND = 2;
/** What opening the built-in model may add to a cold start. */
const LOAD_BOUND_MS = 50;

interface Rounds {
  runs: number;
  loads: number;
}

const perSecond = (texts: number, ms: number | undefined): number =>
  rounded((texts * 1000) / (ms ?? Number.NaN));

interface Encoder {
  precision: Precision;
  directory: string;
  embedder: Embedder;
  /** The same model, without what the embedder does around it. */
  bare: InferenceSession;
  products: InferenceSession;
}

const openEncoder = async (folder: string, precision: Precision): Promise<Encoder> => {
  const directory = await writeEncoder(folder, precision);
  const products = join(folder, `${precision}-products.onnx`);
  writeFileSync(products, productsModel(precision));
  const threads = availableParallelism();
  return {
    precision,
    directory,
    embedder: await loadEmbedder({ directory, threads }),
    bare: await openSession(join(directory, 'model.onnx'), threads),
    products: await openSession(products, threads),
  };
};

const evenRows = async (
  { precision, embedder, bare, products }: Encoder,
  tokens: number,
  rounds: number,
): Promise<Row[]> => {
  const texts = TOKENS / tokens;
  const same = Array.from({ length: texts }, () => textOf(tokens));
  const times = await takeTurns(rounds, {
    embedder: () => embedder.embedPassages(same),
    '32 at a time': () => runNaively(bare, new Array<number>(texts).fill(tokens)),
    'its products alone': productRuns(products, precision, { tokens, texts }),
  });
  const limitMs = times['its products alone'] ?? Number.NaN;
  return Object.entries(times).map(([system, ms]) => ({
    case: `${precision}, ${String(tokens)} tokens each`,
    system,
    textsPerS: perSecond(texts, ms),
    ofProducts: rounded(limitMs / ms),
  }));
};

const mixedRows = async (
  { precision, embedder, bare }: Encoder,
  rounds: number,
): Promise<{ rows: Row[]; gain: number }> => {
  const lengths = mixedLengths(MIXED_TEXTS);
  const texts = lengths.map(textOf);
  const times = await takeTurns(rounds, {
    embedder: () => embedder.embedPassages(texts),
    '32 in order of arrival': () => runNaively(bare, lengths),
  });
  const meanTokens = rounded(lengths.reduce((sum, length) => sum + length, 0) / lengths.length);
  const rows = Object.entries(times).map(([system, ms]) => ({
    case: `${precision}, lengths mixed`,
    system,
    meanTokens,
    textsPerS: perSecond(MIXED_TEXTS, ms),
  }));
  return { rows, gain: (times['32 in order of arrival'] ?? 0) / (times['embedder'] ?? Number.NaN) };
};

const measureEncoder = async (
  folder: string,
  precision: Precision,
  { runs, loads }: Rounds,
): Promise<{ rows: Row[]; bar: Bar }> => {
  const encoder = await openEncoder(folder, precision);
  const { embedder, bare, products, directory } = encoder;
  const rows: Row[] = [];
  for (const tokens of LENGTHS) rows.push(...(await evenRows(encoder, tokens, runs)));
  const mixed = await mixedRows(encoder, runs);
  rows.push(...mixed.rows);
  const held = await longestHoldMs(() => embedder.embedPassages([textOf(256), textOf(256), textOf(256)]));
  await Promise.all([embedder.close(), bare.release(), products.release()]);
  rows.push({
    case: `${precision}, 256 tokens each`,
    system: 'native',
    loadMs: rounded(loadMs(directory, 'native', loads)),
    holdsEventLoopMs: rounded(held),
  });
  const bar = atLeast(
    `${precision}, lengths mixed: embedder / 32 in order`,
    rounded(mixed.gain),
    BUCKETING_BOUND,
  );
  return { rows, bar };
};

const measureBuiltIn = async ({ runs, loads }: Rounds): Promise<{ rows: Row[]; bar: Bar }> => {
  const texts = paragraphs(PARAGRAPHS);
  const rows: Row[] = [];
  const opened = {
    plain: await loadEmbedder({ directory: BUILT_IN, runtime: 'plain' }),
    native: await loadEmbedder({ directory: BUILT_IN, runtime: 'native', threads: 1 }),
  };
  const times = await takeTurns(runs + 2, {
    plain: () => opened.plain.embedPassages(texts),
    native: () => opened.native.embedPassages(texts),
  });
  let plainMs = 0;
  for (const runtime of ['plain', 'native'] as const) {
    const ms = loadMs(BUILT_IN, runtime, loads);
    if (runtime === 'plain') plainMs = rounded(ms);
    rows.push({
      case: 'built-in model, paragraphs',
      system: runtime,
      textsPerS: perSecond(texts.length, times[runtime]),
      loadMs: rounded(ms),
    });
    await opened[runtime].close();
  }
  return { rows, bar: atMost('built-in model: load, ms', plainMs, LOAD_BOUND_MS) };
};

/** How fast texts become vectors: an encoder of bge-small's shape, and the built-in model. */
export const run = async ({ quick }: { quick: boolean }): Promise<Report> => {
  const rounds = quick ? { runs: 1, loads: 3 } : { runs: 3, loads: 9 };
  const folder = mkdtempSync(join(tmpdir(), 'alluvium-embed-'));
  try {
    const builtIn = await measureBuiltIn(rounds);
    const int8 = await measureEncoder(folder, 'int8', rounds);
    const fp32 = await measureEncoder(folder, 'fp32', rounds);
    const measured = [builtIn, int8, fp32];
    return {
      name: 'embed',
      machine: machine(),
      rows: measured.flatMap(({ rows }) => rows),
      bars: measured.map(({ bar }) => bar),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
};
