import { PipelineError } from '@alluvium/contracts';
import { strFromU8, unzipSync, type UnzipFileInfo } from 'fflate';
import { Parser } from 'htmlparser2';

const BODY = 'word/document.xml';
/** Greatest unpacked text part; nothing else of the archive is unpacked. */
const MAX_XML_BYTES = 64 * 1024 * 1024;
const MAX_DEPTH = 256;

const invalid = (reason: string, cause?: unknown): PipelineError =>
  new PipelineError(reason, { code: 'DOCX_INVALID', kind: 'invalid', cause });

const isBody = ({ name, originalSize }: UnzipFileInfo): boolean => {
  if (name !== BODY) return false;
  if (originalSize > MAX_XML_BYTES)
    throw invalid(`has ${originalSize} bytes of text, more than ${MAX_XML_BYTES}`);
  return true;
};

const xmlOf = (bytes: Uint8Array): string => {
  let body: Uint8Array | undefined;
  try {
    // The size that the archive tells bounds what is unpacked: a lie makes it fail.
    body = unzipSync(bytes, { filter: isBody })[BODY];
  } catch (error) {
    throw error instanceof PipelineError
      ? error
      : invalid('is no DOCX file: its archive cannot be read', error);
  }
  if (body === undefined) throw invalid(`is no DOCX file: it has no ${BODY}`);
  return strFromU8(body);
};

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const tagOf = (style: string): string => {
  if (/^title$/i.test(style)) return 'h1';
  const [, level] = /^heading ?([1-6])$/i.exec(style) ?? [];
  return level === undefined ? 'p' : `h${level}`;
};

/** Collects paragraphs from the events of the parser. */
class Paragraphs {
  html = '';
  #text = '';
  #style = '';
  #isText = false;
  #depth = 0;

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw invalid(`is nested more than ${MAX_DEPTH} deep`);
    if (name === 'w:t') this.#isText = true;
    else if (name === 'w:tab') this.#text += ' ';
    else if (name === 'w:br' || name === 'w:cr') this.#text += '<br>';
    else if (name === 'w:pStyle') this.#style = attributes['w:val'] ?? '';
  }

  text(text: string): void {
    if (this.#isText) this.#text += escaped(text);
  }

  close(name: string): void {
    this.#depth -= 1;
    if (name === 'w:t') this.#isText = false;
    if (name !== 'w:p') return;
    const tag = tagOf(this.#style);
    if (this.#text.trim() !== '') this.html += `<${tag}>${this.#text}</${tag}>\n`;
    this.#text = '';
    this.#style = '';
  }
}

/**
 * The text of a DOCX file as HTML: paragraphs and headings; what was deleted or is a field's code is left out.
 * @throws PipelineError DOCX_INVALID; the message goes on from the file's path.
 */
export const docxToHtml = (bytes: Uint8Array): string => {
  const paragraphs = new Paragraphs();
  const parser = new Parser(
    {
      onopentag: (name, attributes) => paragraphs.open(name, attributes),
      ontext: (text) => paragraphs.text(text),
      onclosetag: (name) => paragraphs.close(name),
    },
    { xmlMode: true },
  );
  parser.write(xmlOf(bytes));
  parser.end();
  return paragraphs.html;
};
