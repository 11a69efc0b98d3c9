/** Names how a passage is made of title and text; part of a delta's identity, since it changes the vectors. */
export const PASSAGE_FORM = 'title-text-1';

/**
 * What is embedded for one chunk: the title of its document, a line break, its text. A short chunk out of the middle of a
 * page rarely says what the page is about; the title does. A chunk that begins with the title has it already.
 */
export const passageOf = (title: string, text: string): string =>
  title === '' || text.startsWith(title) ? text : `${title}\n${text}`;
