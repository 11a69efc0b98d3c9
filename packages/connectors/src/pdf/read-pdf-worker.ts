import { parentPort } from 'node:worker_threads';
import { getDocumentProxy } from 'unpdf';
import { linesOf, type Line, type TextItem } from './page-lines.ts';
import { textOf } from './paragraphs.ts';
import { pdfTitle } from './pdf-title.ts';
import { withoutRunningLines } from './running-lines.ts';

/** What the reader is asked: the bytes of a file, and how much of it is read at most. */
export interface PdfQuestion {
  bytes: Uint8Array<ArrayBuffer>;
  maxPages: number;
  maxChars: number;
}

/** What a PDF file says, or the reason why it cannot be read. */
export type PdfAnswer =
  | { title?: string; text: string; pages: number; unreadablePages: number }
  | { refused: 'encrypted' | 'invalid' | 'pages' | 'text' | 'scanned'; count: number };

type Document = Awaited<ReturnType<typeof getDocumentProxy>>;

const itemsOf = async (document: Document, page: number): Promise<TextItem[]> => {
  const opened = await document.getPage(page);
  const { items } = await opened.getTextContent();
  opened.cleanup();
  return items.filter((item): item is TextItem & (typeof items)[number] => 'str' in item);
};

interface Pages {
  lines: Line[][];
  chars: number;
  unreadable: number;
}

const readPages = async (document: Document, { maxChars }: PdfQuestion): Promise<Pages> => {
  const pages: Pages = { lines: [], chars: 0, unreadable: 0 };
  for (let page = 1; page <= document.numPages && pages.chars <= maxChars; page += 1) {
    try {
      const lines = linesOf(await itemsOf(document, page));
      pages.lines.push(lines);
      pages.chars += lines.reduce((sum, { text }) => sum + text.length + 1, 0);
    } catch {
      // One page that is damaged does not make the others worthless; how many there are is told.
      pages.unreadable += 1;
    }
  }
  return pages;
};

const titleToldBy = async (document: Document): Promise<unknown> => {
  const { info } = await document.getMetadata().catch(() => ({ info: {} }));
  return (info as { Title?: unknown }).Title;
};

const read = async (document: Document, question: PdfQuestion): Promise<PdfAnswer> => {
  const { numPages } = document;
  if (numPages > question.maxPages) return { refused: 'pages', count: numPages };
  const { lines, chars, unreadable } = await readPages(document, question);
  if (chars > question.maxChars) return { refused: 'text', count: chars };
  if (unreadable === numPages) return { refused: 'invalid', count: numPages };
  if (chars === 0) return { refused: 'scanned', count: numPages };
  const title = pdfTitle(await titleToldBy(document), lines.find((page) => page.length > 0) ?? []);
  return {
    ...(title === undefined ? {} : { title }),
    text: textOf(withoutRunningLines(lines)),
    ...{ pages: numPages, unreadablePages: unreadable },
  };
};

const answer = async (question: PdfQuestion): Promise<PdfAnswer> => {
  let document: Document;
  try {
    document = await getDocumentProxy(question.bytes, { verbosity: 0 });
  } catch (error) {
    const isLocked = (error as { name?: string }).name === 'PasswordException';
    return { refused: isLocked ? 'encrypted' : 'invalid', count: 0 };
  }
  try {
    return await read(document, question);
  } finally {
    await document.loadingTask.destroy();
  }
};

parentPort?.on('message', (question: PdfQuestion) => {
  void answer(question)
    .catch((): PdfAnswer => ({ refused: 'invalid', count: 0 }))
    .then((found) => parentPort?.postMessage(found));
});
