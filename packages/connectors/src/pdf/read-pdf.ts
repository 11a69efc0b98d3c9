import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { PipelineError } from '@alluvium/contracts';
import type { PdfAnswer, PdfQuestion } from './read-pdf-worker.ts';

/** Greatest PDF file, in bytes: most of one is pictures and fonts. */
export const MAX_PDF_BYTES = 32 * 1024 * 1024;

/** What a PDF file says. */
export interface PdfText {
  title?: string;
  text: string;
  /** Pages that are damaged and left out. */
  unreadablePages: number;
}

/** What reading one file may take. */
export interface PdfLimits {
  maxPages: number;
  /** Text in UTF-16 units. */
  maxChars: number;
  timeoutMs: number;
  /** Growth of the process's memory, in bytes. */
  maxGrowthBytes: number;
}

/** Far above any book; a file of a few kilobytes can ask for a day and for all of the memory. */
export const PDF_LIMITS: PdfLimits = {
  maxPages: 5000,
  maxChars: 8 * 1024 * 1024,
  timeoutMs: 20_000,
  maxGrowthBytes: 400 * 1024 * 1024,
};

const HEAP_MB = 256;
const LOOK_MS = 50;
/** The next file gets a fresh thread after so many: readers leak. */
const FILES_A_THREAD = 50;

const refuse = (code: string, reason: string): PipelineError =>
  new PipelineError(reason, { code, kind: 'invalid' });

const REFUSALS = {
  encrypted: () => refuse('PDF_ENCRYPTED', 'is a PDF file that opens with a password only'),
  invalid: () => refuse('PDF_INVALID', 'is no PDF file, or one that is damaged'),
  pages: (count: number, { maxPages }: PdfLimits) =>
    refuse('PDF_TOO_LARGE', `has ${count} pages, more than the ${maxPages} allowed`),
  text: (_count: number, { maxChars }: PdfLimits) =>
    refuse('PDF_TOO_LARGE', `has more text than the ${maxChars} characters allowed`),
  scanned: (count: number) =>
    refuse(
      'PDF_WITHOUT_TEXT',
      `has no text on its ${count} pages: they may be scanned, and no text is recognized in pictures (no OCR)`,
    ),
};

const tooCostly = (what: string): PipelineError =>
  refuse('PDF_TOO_LARGE', `takes more than ${what} to read, and was given up`);

interface Thread {
  worker: Worker;
  files: number;
}

let thread: Thread | undefined;
let turn: Promise<unknown> | undefined;

// Bundled beside the function as read-pdf-worker.mjs.
const codeUrl = (): URL =>
  new URL(`./read-pdf-worker.${import.meta.url.endsWith('.ts') ? 'ts' : 'mjs'}`, import.meta.url);

const openThread = (): Thread => {
  const worker = new Worker(codeUrl(), {
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    // Nothing is inherited but the code.
    ...{ env: {}, execArgv: [], stderr: true, stdout: true },
  });
  worker.unref();
  const opened = { worker, files: 0 };
  // One that dies between two files takes nothing with it.
  worker.on('error', () => {
    if (thread === opened) thread = undefined;
  });
  return opened;
};

const close = async (): Promise<void> => {
  const { worker } = thread ?? {};
  thread = undefined;
  await worker?.terminate();
};

const watch = (limits: PdfLimits, giveUp: (error: PipelineError) => void): (() => void) => {
  const before = process.memoryUsage.rss();
  const timer = setTimeout(() => giveUp(tooCostly(`${limits.timeoutMs / 1000} s`)), limits.timeoutMs);
  const { maxGrowthBytes } = limits;
  const looking = setInterval(() => {
    // Buffers are no part of the heap that a thread can be bounded by.
    if (process.memoryUsage.rss() - before > maxGrowthBytes)
      giveUp(tooCostly(`${maxGrowthBytes / 1024 / 1024} MB of memory`));
  }, LOOK_MS);
  return () => {
    clearTimeout(timer);
    clearInterval(looking);
  };
};

const answerOf = async (worker: Worker, signal: AbortSignal): Promise<PdfAnswer> => {
  const ended = once(worker, 'exit', { signal }).then(() => {
    throw new Error('The reader of PDF files ended without an answer');
  });
  try {
    const [answer] = (await Promise.race([once(worker, 'message', { signal }), ended])) as [PdfAnswer];
    return answer;
  } catch (error) {
    const isFull = (error as { code?: string }).code === 'ERR_WORKER_OUT_OF_MEMORY';
    throw isFull ? tooCostly(`${HEAP_MB} MB of memory`) : error;
  }
};

const ask = async (question: PdfQuestion, limits: PdfLimits): Promise<PdfAnswer> => {
  thread ??= openThread();
  thread.files += 1;
  const { worker } = thread;
  const listening = new AbortController();
  let stop: (() => void) | undefined;
  const givenUp = new Promise<never>((_, reject) => (stop = watch(limits, reject)));
  const answer = answerOf(worker, listening.signal);
  worker.postMessage(question, [question.bytes.buffer]);
  try {
    return await Promise.race([answer, givenUp]);
  } finally {
    stop?.();
    answer.catch(() => undefined);
    listening.abort();
  }
};

const readNext = async (bytes: Uint8Array, limits: PdfLimits): Promise<PdfText> => {
  const { maxPages, maxChars } = limits;
  let answer: PdfAnswer;
  try {
    // A copy: the thread takes the memory with it.
    answer = await ask({ bytes: new Uint8Array(bytes), maxPages, maxChars }, limits);
  } catch (error) {
    await close();
    throw error;
  }
  if ((thread?.files ?? 0) >= FILES_A_THREAD) await close();
  if ('refused' in answer) throw REFUSALS[answer.refused](answer.count, limits);
  const { pages: _pages, ...found } = answer;
  return found;
};

/**
 * The text of a PDF file: paragraphs in the order in which they are read, without running heads and page numbers. It is
 * read in a thread of its own, which is ended when it takes too long or too much; one file at a time.
 * @throws PipelineError PDF_INVALID, PDF_ENCRYPTED, PDF_TOO_LARGE, PDF_WITHOUT_TEXT; the message goes on from the file's path.
 */
export const readPdf = async (bytes: Uint8Array, limits: PdfLimits = PDF_LIMITS): Promise<PdfText> => {
  const result = (turn ?? Promise.resolve()).then(() => readNext(bytes, limits));
  turn = result.catch(() => undefined);
  return result;
};
