import type { Line } from './page-lines.ts';

const MAX_LENGTH = 300;
/** Lines of the first page among which a title is looked for. */
const TOP_LINES = 20;

// What programs put there when nobody gave a title.
const NO_TITLE = /^(?:untitled.*|microsoft word - .*|.*\.(?:docx?|odt|tex|dvi|indd|pdf|pptx?|xlsx?))$/i;

/** The title that the file tells, else the line of the largest letters at the top of the first page. */
export const pdfTitle = (told: unknown, firstPage: readonly Line[]): string | undefined => {
  const title = typeof told === 'string' ? told.replace(/\s+/g, ' ').trim() : '';
  if (title !== '' && !NO_TITLE.test(title)) return title.slice(0, MAX_LENGTH);
  const top = firstPage.slice(0, TOP_LINES);
  const size = Math.max(0, ...top.map((line) => line.size));
  return top.find((line) => line.size === size)?.text.slice(0, MAX_LENGTH);
};
