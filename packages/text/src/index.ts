export {
  chunkerIdOf,
  type Chunker,
  type ChunkerConfig,
  type ChunkHints,
  type ChunkSpan,
} from './chunking/chunker.ts';
export { DEFAULT_CHUNKER, makeChunker, type ChunkerResources } from './chunking/make-chunker.ts';
export { chunkText, type ChunkOptions } from './chunking/sentence-chunker.ts';
export type { TokenCounter } from './chunking/token-ruler.ts';
export { decodeText } from './decode-text.ts';
export { htmlToText, type PlainDocument } from './html-to-text.ts';
export { markdownToText, type Heading, type MarkdownDocument } from './markdown-to-text.ts';
export { splitSentences, type TextSpan } from './sentences.ts';
