import type { Heading } from '../markdown-to-text.ts';

/** A chunk: `text.slice(start, end)`, in UTF-16 units. */
export interface ChunkSpan {
  start: number;
  end: number;
  /** What encloses the chunk and is not in it, from the outside in, as `Guide > Install`; at most 200 units. */
  context?: string;
}

/** What is known of a document beside its text. */
export interface ChunkHints {
  /** A heading that only repeats it is no context. */
  title?: string;
  /**
   * The headings of a text that was Markdown and has lost its marks. Where they are given, marks in the text are
   * not headings: they are comments in code.
   */
  headings?: readonly Heading[];
}

/** Names a strategy, one of its versions, and the parameters that it runs with. */
export interface ChunkerConfig {
  strategy: string;
  /** Counts up when the same text and parameters give other chunks. */
  version: number;
  /** By name; those left out have the strategy's defaults. */
  parameters?: Readonly<Record<string, number | string>>;
}

/** Cuts texts into chunks. The same text and hints give the same chunks; time is linear in the text. */
export interface Chunker {
  readonly name: string;
  readonly version: number;
  /** All of them, defaults filled in. */
  readonly parameters: Readonly<Record<string, number | string>>;
  /** Starts and ends strictly increase; everything but white space is in some chunk; no chunk is empty. */
  chunk(text: string, hints?: ChunkHints): ChunkSpan[];
}

/**
 * `sentence-1/280/40`: strategy, version and the values of the parameters in the order of their declaration. Part of
 * every chunk's identity, so that two ways to cut a document give chunks that can lie side by side.
 */
export const chunkerIdOf = ({ name, version, parameters }: Omit<Chunker, 'chunk'>): string =>
  [`${name}-${String(version)}`, ...Object.values(parameters)].join('/');
