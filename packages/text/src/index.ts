export { chunkText, type ChunkOptions } from './chunks.ts';
export { decodeText } from './decode-text.ts';
export { htmlToText, type PlainDocument } from './html-to-text.ts';
export { markdownToText, type Heading, type MarkdownDocument } from './markdown-to-text.ts';
export { splitSentences, type TextSpan } from './sentences.ts';
