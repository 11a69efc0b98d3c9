import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadEmbedder, wordPieceTokenizer, type Embedder } from '@alluvium/embedding';
import { makeChunker, type Chunker, type TokenCounter } from '@alluvium/text';
import { readChunkData, withMarkdownHeadings } from './support/chunk-questions.ts';
import {
  scoreChunks,
  withinBudget,
  type ChunkQuestion,
  type RetrievedChunk,
} from './support/chunk-retrieval.ts';
import { fixedWindows } from './support/fixed-windows.ts';
import { below, machine, rounded, type Bar, type Report, type Row } from './support/report.ts';

const MODEL = fileURLToPath(new URL('../packages/embedding/models/alluvium-384/', import.meta.url));
/** The number of results that a query has when it names none. */
const TOP = 5;
/** About a thousand tokens of a prompt: sizes compare fairly only where each may fill the same room. */
const BUDGET_CHARS = 4000;
const PLAIN = 'as published';
const MARKED = 'headings as Markdown';

const tokenCounter = (): TokenCounter => {
  const tokenizer = wordPieceTokenizer(JSON.parse(readFileSync(`${MODEL}tokenizer.json`, 'utf8')));
  return {
    name: 'alluvium-384',
    count: (text) => tokenizer.encode(text, Number.MAX_SAFE_INTEGER).length - 2,
  };
};

const systems = (): Record<string, Chunker> => {
  const counter = tokenCounter();
  const strategy = (name: string, parameters: Record<string, number> = {}): Chunker =>
    makeChunker({ strategy: name, version: 1, parameters }, { tokenCounter: () => counter });
  return {
    'fixed 280/40': fixedWindows(280, 40),
    'fixed 400/60': fixedWindows(400, 60),
    'fixed 1200/0': fixedWindows(1200, 0),
    'sentence 280/40': strategy('sentence', { maxChars: 280, overlapChars: 40 }),
    'sentence 400/0': strategy('sentence', { maxChars: 400, overlapChars: 0 }),
    'sentence 400/60': strategy('sentence', { maxChars: 400, overlapChars: 60 }),
    'sentence 1200/0': strategy('sentence', { maxChars: 1200, overlapChars: 0 }),
    'token 64/16': strategy('token', { maxTokens: 64, overlapTokens: 16 }),
    'token 96/0': strategy('token', { maxTokens: 96, overlapTokens: 0 }),
    'token 384/64': strategy('token', { maxTokens: 384, overlapTokens: 64 }),
    'markdown 280': strategy('markdown', { maxChars: 280 }),
    'markdown 400': strategy('markdown', { maxChars: 400 }),
    'markdown 1200': strategy('markdown', { maxChars: 1200 }),
    'code 400': strategy('code', { maxChars: 400 }),
    none: strategy('none'),
  };
};

const dot = (left: Float32Array, right: Float32Array): number =>
  left.reduce((sum, component, index) => sum + component * (right[index] ?? 0), 0);

const ranking = (query: Float32Array, chunks: RetrievedChunk[], vectors: Float32Array[]): RetrievedChunk[] =>
  chunks
    .map((chunk, index) => ({ chunk, score: dot(query, vectors[index] ?? query) }))
    .sort((a, b) => b.score - a.score)
    .map(({ chunk }) => chunk);

interface Asked {
  question: ChunkQuestion;
  vector: Float32Array;
}

const percent = (values: number[]): number =>
  rounded((100 * values.reduce((sum, value) => sum + value, 0)) / values.length);

const figures = (rankings: { question: ChunkQuestion; ranked: RetrievedChunk[] }[]) => {
  const atTop = rankings.map(({ question, ranked }) => scoreChunks(question, ranked.slice(0, TOP)));
  const inBudget = rankings.map(({ question, ranked }) =>
    scoreChunks(question, withinBudget(ranked, BUDGET_CHARS)),
  );
  return {
    iouAt5Percent: percent(atTop.map(({ iou }) => iou)),
    recallAt5Percent: percent(atTop.map(({ recall }) => recall)),
    precisionAt5Percent: percent(atTop.map(({ precision }) => precision)),
    recallIn4000CharsPercent: percent(inBudget.map(({ recall }) => recall)),
  };
};

const measure = async (
  embedder: Embedder,
  asked: Asked[],
  texts: Record<string, string>,
  chunker: Chunker,
): Promise<Omit<Row, 'case' | 'system'>> => {
  const chunks: RetrievedChunk[] = Object.entries(texts).flatMap(([corpus, text]) =>
    chunker.chunk(text).map((span) => ({ ...span, corpus })),
  );
  const passages = chunks.map(({ corpus, start, end, context }) => {
    const slice = texts[corpus]?.slice(start, end) ?? '';
    return context === undefined ? slice : `${context}\n${slice}`;
  });
  const vectors = await embedder.embedPassages(passages);
  const rankings = asked.map(({ question, vector }) => ({
    question,
    ranked: ranking(vector, chunks, vectors),
  }));
  const length = chunks.reduce((sum, { start, end }) => sum + end - start, 0);
  return { chunks: chunks.length, meanChars: rounded(length / chunks.length), ...figures(rankings) };
};

const figure = (rows: Row[], name: string, system: string, key: string): number =>
  Number(rows.find((row) => row.case === name && row.system === system)?.[key]);

/** That the figure of `other` is less than that of `system`. */
const beats = (rows: Row[], name: string, key: string, [system, other]: [string, string]): Bar => {
  const value = figure(rows, name, other, key);
  return below(`${key} of ${other}, ${name}; the bound is ${system}`, value, figure(rows, name, system, key));
};

/** How well chunks of each strategy, found with the built-in model, hit the passages that answer a question. */
export const run = async (): Promise<Report> => {
  const { texts, questions } = readChunkData();
  const embedder = await loadEmbedder({ directory: MODEL });
  const asked: Asked[] = [];
  for (const question of questions)
    asked.push({ question, vector: await embedder.embedQuery(question.question) });
  const rows: Row[] = [];
  const cases = { [PLAIN]: texts, [MARKED]: withMarkdownHeadings(texts) };
  for (const [name, given] of Object.entries(cases))
    for (const [system, chunker] of Object.entries(systems()))
      rows.push({ case: name, system, ...(await measure(embedder, asked, given, chunker)) });
  await embedder.close();
  const bars = [
    beats(rows, PLAIN, 'iouAt5Percent', ['sentence 280/40', 'fixed 280/40']),
    beats(rows, PLAIN, 'recallIn4000CharsPercent', ['sentence 280/40', 'fixed 280/40']),
    beats(rows, PLAIN, 'iouAt5Percent', ['markdown 280', 'fixed 280/40']),
    beats(rows, MARKED, 'iouAt5Percent', ['markdown 280', 'sentence 280/40']),
    beats(rows, MARKED, 'recallIn4000CharsPercent', ['markdown 280', 'sentence 280/40']),
  ];
  return { name: 'chunking', machine: machine(), rows, bars };
};
