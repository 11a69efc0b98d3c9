const MOST_WORDS = 9;
const MOST_CHARACTERS = 90;

const plain = (line: string): string =>
  line
    .replace(/<[^>]*>/g, ' ')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[*_`~#>|]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();

const fewWords = (text: string): string =>
  text.split(' ').slice(0, MOST_WORDS).join(' ').slice(0, MOST_CHARACTERS).trim();

const ofName = (name: string): string =>
  fewWords(
    (name.split('/').at(-1) ?? name)
      .replace(/\.[^.]+$/, '')
      .replace(/[-_.]+/g, ' ')
      .trim(),
  );

const ofRecord = (text: string): string => {
  try {
    const { title, text: body } = JSON.parse(text.split('\n')[0] ?? '') as { title?: string; text?: string };
    return plain(title ?? body ?? '');
  } catch {
    return '';
  }
};

const ofHtml = (text: string): string =>
  plain(/<h1[^>]*>(.*?)<\/h1>/is.exec(text)?.[1] ?? /<title[^>]*>(.*?)<\/title>/is.exec(text)?.[1] ?? '');

const ofText = (text: string): string => {
  // Front matter between two lines of dashes is about the document, not of it.
  const body = text.replace(/^---\n.*?\n---\n/s, '');
  const heading = /^#{1,3}\s+(\S.*)$/m.exec(body)?.[1];
  return plain(heading ?? body.split('\n').find((line) => plain(line).length > 3) ?? '');
};

const readersOf = (name: string): ((text: string) => string)[] => {
  if (/\.(jsonl|ndjson|json)$/i.test(name)) return [ofRecord];
  if (/\.html?$/i.test(name)) return [ofHtml, ofText];
  return /\.(md|markdown|mdx|txt|text|rst)$|^[^.]*$/i.test(name) ? [ofText] : [];
};

/** Words that a file can be found by: its first heading, else its first line, else its name. */
export const fittingQuery = (name: string, text: string): string => {
  for (const read of readersOf(name)) {
    const found = fewWords(read(text));
    if (found !== '') return found;
  }
  return ofName(name);
};
