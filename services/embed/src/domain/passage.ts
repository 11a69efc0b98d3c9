/** Names how a passage is made of title, context and text; part of a delta's identity, since it changes the vectors. */
export const PASSAGE_FORM = 'title-context-text-1';

/** What is embedded of a chunk. */
export interface PassageParts {
  /** Of its document. */
  title: string;
  /** What encloses it and is not in it, such as headings. */
  context?: string;
  text: string;
}

/**
 * What is embedded for one chunk: the title of its document, its context, its text, a line each. A short chunk out of the middle of a
 * page rarely says what the page is about; these do. A chunk that begins with the title has it already.
 */
export const passageOf = ({ title, context = '', text }: PassageParts): string =>
  [text.startsWith(title) ? '' : title, context, text].filter((part) => part !== '').join('\n');
