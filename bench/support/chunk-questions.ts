import { existsSync, readFileSync } from 'node:fs';
import type { ChunkQuestion } from './chunk-retrieval.ts';

const DATA = new URL('../../../shared/data/eval/chunking/', import.meta.url);

/** Texts by name, and questions about them. */
export interface ChunkData {
  texts: Record<string, string>;
  questions: ChunkQuestion[];
}

const read = (file: string): string => readFileSync(new URL(file, DATA), 'utf8');

/** The published questions of Chroma's chunking evaluation on two of its texts: 220 questions, 344 passages. */
export const readChunkData = (): ChunkData => {
  if (!existsSync(DATA))
    throw new Error(`The questions are not part of the project; they belong in ${DATA.pathname}`);
  const questions = read('questions.jsonl')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as ChunkQuestion);
  const names = [...new Set(questions.map(({ corpus }) => corpus))];
  return { texts: Object.fromEntries(names.map((name) => [name, read(`${name}.md`)])), questions };
};

/**
 * The texts with WikiText's ` = = Heading = = ` as Markdown's `## Heading`, filled up with blanks: every offset stays as it
 * was.
 */
export const withMarkdownHeadings = (texts: Record<string, string>): Record<string, string> => {
  const marked = (line: string, marks: string, heading: string): string =>
    `${'#'.repeat(marks.length / 2)} ${heading}`.padEnd(line.length);
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [
      name,
      text.replace(/^ ((?:= )+)(.*?)(?: =)+ $/gm, (line, marks: string, heading: string) =>
        marked(line, marks, heading),
      ),
    ]),
  );
};
