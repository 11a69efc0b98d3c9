import { deflateSync } from 'node:zlib';

/** Some text at a place of a page, in points from the bottom left. */
export interface PlacedText {
  text: string;
  x: number;
  y: number;
  size?: number;
}

interface PdfOptions {
  /** Of the metadata. */
  title?: string;
  /** Bytes that stand in place of the page's content. */
  rawContent?: Buffer;
  /** Added to the trailer. */
  trailer?: string;
}

const escaped = (text: string): string => text.replace(/[\\()]/g, '\\$&');

const contentOf = (placed: readonly PlacedText[]): Buffer => {
  const shown = placed.map(
    ({ text, x, y, size = 12 }) => `BT /F1 ${size} Tf 1 0 0 1 ${x} ${y} Tm (${escaped(text)}) Tj ET`,
  );
  return Buffer.from(shown.join('\n'), 'latin1');
};

const streamOf = (content: Buffer): Buffer => {
  const packed = deflateSync(content);
  const head = `<< /Length ${packed.length} /Filter /FlateDecode >>\nstream\n`;
  return Buffer.concat([Buffer.from(head), packed, Buffer.from('\nendstream')]);
};

const pageOf = (index: number): string =>
  `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents ${5 + 2 * index} 0 R >>`;

/** A PDF file of these pages, whose text is in Helvetica. */
export const tinyPdf = (pages: readonly (readonly PlacedText[])[], options: PdfOptions = {}): Buffer => {
  const kids = pages.map((_, index) => `${4 + 2 * index} 0 R`).join(' ');
  const { title, rawContent, trailer = '' } = options;
  const objects: (string | Buffer)[] = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
    ...pages.flatMap((placed, index) => [pageOf(index), streamOf(rawContent ?? contentOf(placed))]),
    ...(title === undefined ? [] : [`<< /Title (${escaped(title)}) >>`]),
  ];
  const chunks = [Buffer.from('%PDF-1.4\n')];
  const offsets: number[] = [];
  const length = (): number => chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  for (const [index, object] of objects.entries()) {
    offsets.push(length());
    chunks.push(Buffer.from(`${index + 1} 0 obj\n`), Buffer.from(object), Buffer.from('\nendobj\n'));
  }
  const info = title === undefined ? '' : `/Info ${objects.length} 0 R`;
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const size = objects.length + 1;
  const end = `xref\n0 ${size}\n0000000000 65535 f \n${rows}trailer\n<< /Size ${size} /Root 1 0 R ${info} ${trailer} >>`;
  chunks.push(Buffer.from(`${end}\nstartxref\n${length()}\n%%EOF`));
  return Buffer.concat(chunks);
};

/** Lines below each other, from the top of a page. */
export const linesOfText = (
  texts: readonly string[],
  { x = 72, top = 770, leading = 14, size = 12 } = {},
): PlacedText[] => texts.map((text, index) => ({ text, x, y: top - index * leading, size }));
