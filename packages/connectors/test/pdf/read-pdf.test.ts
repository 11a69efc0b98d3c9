import { describe, expect, it } from '@jest/globals';
import { linesOfText as lines, tinyPdf } from '@alluvium/testkit';
import { recordsOfFile, type SourceRecord } from '../../src/index.ts';
import { PDF_LIMITS, readPdf } from '../../src/pdf/read-pdf.ts';

const recordOf = async (bytes: Uint8Array, file: { title?: string } = {}): Promise<SourceRecord> => {
  for await (const { record } of recordsOfFile({ path: 'a.pdf', ...file }, [bytes])) return record;
  throw new Error('There is no record');
};

const RIVER = [
  'A river carries what it takes from the hills down to',
  'the sea, and lays it down where it slows.',
];
const LOCKED =
  '/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 ' +
  `/O <${'28BF4E5E4E758A4164004E56FFFA0108'.repeat(2)}> /U <${'2E2E00B6D0683E802F0CA9FE6453697A'.repeat(2)}> >> ` +
  '/ID [<00112233445566778899aabbccddeeff><00112233445566778899aabbccddeeff>]';

describe('a PDF file', () => {
  it('is a record of plain text, with the title that it tells', async () => {
    const record = await recordOf(tinyPdf([lines(RIVER)], { title: 'Rivers' }));
    expect(record).toEqual({
      path: 'a.pdf',
      mediaType: 'text/plain',
      title: 'Rivers',
      body: RIVER.join(' '),
    });
  });

  it('is called as its upload calls it, else by its largest line when it tells a program’s title', async () => {
    const page = [{ text: 'On rivers', x: 72, y: 800, size: 24 }, ...lines(RIVER)];
    const bytes = tinyPdf([page], { title: 'Microsoft Word - rivers.docx' });
    expect(await recordOf(bytes)).toMatchObject({
      title: 'On rivers',
      body: `On rivers\n\n${RIVER.join(' ')}`,
    });
    expect(await recordOf(bytes, { title: 'Mine' })).toMatchObject({ title: 'Mine' });
  });

  it('goes on across pages: sentences are whole, divided words are one, heads and page numbers are left out', async () => {
    const page = (number: number, texts: string[]) => [
      { text: 'Handbook of rivers', x: 72, y: 820 },
      ...lines(texts),
      { text: `Page ${number} of 3`, x: 280, y: 30 },
    ];
    const bytes = tinyPdf([
      page(1, ['The first page ends in the middle of a long sen-']),
      page(2, ['tence that the second page ends.', 'It has another one that goes on']),
      page(3, ['below the head of the third page.']),
    ]);
    expect((await readPdf(bytes)).text).toBe(
      'Handbook of rivers\n\nThe first page ends in the middle of a long sentence that the second page ends. ' +
        'It has another one that goes on below the head of the third page.',
    );
  });

  it('has columns one after the other, and lists line by line', async () => {
    const left = lines(['The left column is read from its top', 'down to its end before the right one.']);
    const right = lines(['1. The right one comes', '2. after it'], { x: 320 });
    expect((await readPdf(tinyPdf([[...left, ...right]]))).text).toBe(
      'The left column is read from its top down to its end before the right one.\n\n1. The right one comes\n2. after it',
    );
  });

  it('is read from the top to the bottom where it was written in no order', async () => {
    const texts = [
      'One stands above all the others.',
      'Two is next.',
      'Three follows.',
      'Four is last of all.',
    ];
    const placed = lines(texts, { leading: 40 });
    const shuffled = [3, 1, 2, 0].map((index) => placed[index]!);
    expect((await readPdf(tinyPdf([shuffled]))).text).toBe(texts.join('\n\n'));
  });

  it.each([
    ['is empty', Buffer.alloc(0), 'EMPTY', /is empty/],
    ['is none', Buffer.from('plain text'), 'PDF_INVALID', /no PDF file/],
    ['was cut off', tinyPdf([lines(RIVER)]).subarray(0, 300), 'PDF_INVALID', /damaged/],
    ['is locked', tinyPdf([lines(RIVER)], { trailer: LOCKED }), 'PDF_ENCRYPTED', /password/],
    ['was scanned', tinyPdf([[], []]), 'PDF_WITHOUT_TEXT', /on its 2 pages.*no OCR/],
  ])('that %s is left out, with the reason', async (_, bytes, code, message) => {
    const { rejected } = await recordOf(bytes);
    expect(rejected).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(rejected?.message).toMatch(/^a\.pdf /);
  });

  it.each([
    ['pages', { maxPages: 1 }, /2 pages, more than the 1/],
    ['text', { maxChars: 10 }, /more text than the 10/],
  ])('with more %s than is allowed is left out', async (_, limit, message) => {
    const bytes = tinyPdf([lines(RIVER), lines(RIVER)]);
    await expect(readPdf(bytes, { ...PDF_LIMITS, ...limit })).rejects.toMatchObject({
      code: 'PDF_TOO_LARGE',
      message: expect.stringMatching(message),
    });
  });

  it('that would take all the time or memory is given up, and the next one is read', async () => {
    // 64 kB that unpack to 64 MB of operators.
    const bomb = tinyPdf([[]], { rawContent: Buffer.from('0 0 0 rg '.repeat(7_000_000)) });
    expect(bomb.length).toBeLessThan(300_000);
    const [slow, next] = await Promise.allSettled([
      readPdf(bomb, { ...PDF_LIMITS, timeoutMs: 300 }),
      readPdf(tinyPdf([lines(RIVER)])),
    ]);
    expect(slow).toMatchObject({ status: 'rejected', reason: { code: 'PDF_TOO_LARGE' } });
    expect(next).toMatchObject({ status: 'fulfilled', value: { text: RIVER.join(' ') } });
    await expect(readPdf(bomb, { ...PDF_LIMITS, maxGrowthBytes: 16 * 1024 * 1024 })).rejects.toMatchObject({
      code: 'PDF_TOO_LARGE',
      message: expect.stringMatching(/16 MB of memory/),
    });
  });
});
