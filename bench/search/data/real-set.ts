import { fileURLToPath } from 'node:url';
import { loadEmbedder, type Embedder } from '@alluvium/embedding';
import { readRealTexts } from './real-texts.ts';

const MODEL = fileURLToPath(new URL('../../../packages/embedding/models/alluvium-384/', import.meta.url));
const BATCH = 512;

/** Texts and their vectors, of length 1. */
export interface RealSet {
  rows: Float32Array;
  texts: string[];
  queries: Float32Array;
  queryTexts: string[];
}

const embedRows = async (embedder: Embedder, texts: readonly string[]): Promise<Float32Array> => {
  const rows = new Float32Array(texts.length * embedder.dims);
  for (let first = 0; first < texts.length; first += BATCH) {
    const vectors = await embedder.embedPassages(texts.slice(first, first + BATCH));
    vectors.forEach((vector, index) => rows.set(vector, (first + index) * embedder.dims));
  }
  return rows;
};

/** The demo documents, embedded with the built-in model. */
export const makeRealSet = async (): Promise<RealSet> => {
  const { rows: texts, queries: queryTexts } = readRealTexts();
  const embedder = await loadEmbedder({ directory: MODEL });
  const rows = await embedRows(embedder, texts);
  const queries = new Float32Array(queryTexts.length * embedder.dims);
  for (const [index, text] of queryTexts.entries())
    queries.set(await embedder.embedQuery(text), index * embedder.dims);
  await embedder.close();
  return { rows, texts, queries, queryTexts };
};
