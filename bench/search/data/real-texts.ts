import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { splitSentences } from '@alluvium/text';

const DOCUMENTS = fileURLToPath(new URL('../../../../shared/data/demo/', import.meta.url));

const MOST_ROWS = 100_000;
const MOST_QUERIES = 200;
/** A window of whole sentences ends as soon as it is this long. */
const WINDOW_CHARS = 90;
const QUERY_CHARS = { least: 30, most: 90 };
/** Of the sentences short enough, every so many is held out. */
const HELD_OUT = 211;

/** Texts to index and texts to search them with; none is in both. */
export interface RealTexts {
  rows: string[];
  queries: string[];
}

interface SourceDocument {
  title: string;
  text: string;
}

const readDocuments = (): SourceDocument[] =>
  readdirSync(DOCUMENTS)
    .filter((name) => name.endsWith('.jsonl.gz'))
    .sort()
    .flatMap((name) =>
      gunzipSync(readFileSync(DOCUMENTS + name))
        .toString('utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as SourceDocument),
    );

const sentencesOf = (text: string): string[] =>
  splitSentences(text)
    .map(({ start, end }) => text.slice(start, end).trim())
    .filter((sentence) => sentence !== '');

const windowsOf = (sentences: readonly string[]): string[] => {
  const windows: string[] = [];
  let window: string[] = [];
  let length = 0;
  for (const sentence of sentences) {
    window.push(sentence);
    length += sentence.length;
    if (length < WINDOW_CHARS) continue;
    windows.push(window.join(' '));
    [window, length] = [[], 0];
  }
  return windows;
};

/** Takes evenly from the whole, so that every document has its part. */
const thinned = (texts: readonly string[], most: number): string[] => {
  const step = Math.max(1, texts.length / most);
  const count = Math.min(most, texts.length);
  return Array.from({ length: count }, (_, index) => texts[Math.floor(index * step)] ?? '');
};

/** Why there is no real set here, or `undefined`. */
export const realTextsMissing = (): string | undefined =>
  existsSync(DOCUMENTS) ? undefined : `no documents at ${DOCUMENTS}`;

/**
 * Passages of about two sentences of the demo documents, no two alike; queries are short sentences held out of the passages and
 * titles, which lie in no passage.
 */
export const readRealTexts = (): RealTexts => {
  const windows = new Set<string>();
  const heldOut: string[] = [];
  let candidates = 0;
  const isHeldOut = ({ length }: string): boolean => {
    if (length < QUERY_CHARS.least || length > QUERY_CHARS.most) return false;
    candidates += 1;
    return candidates % HELD_OUT === 0;
  };
  const documents = readDocuments();
  for (const { text } of documents) {
    const kept: string[] = [];
    for (const sentence of sentencesOf(text)) (isHeldOut(sentence) ? heldOut : kept).push(sentence);
    for (const window of windowsOf(kept)) windows.add(window);
  }
  const sentences = thinned([...new Set(heldOut)], MOST_QUERIES * 0.75);
  const titles = thinned([...new Set(documents.map(({ title }) => title))], MOST_QUERIES - sentences.length);
  return { rows: thinned([...windows], MOST_ROWS), queries: [...sentences, ...titles] };
};
