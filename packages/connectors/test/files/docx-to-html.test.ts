import { describe, expect, it } from '@jest/globals';
import { strToU8, zipSync } from 'fflate';
import { docxToHtml } from '../../src/files/docx-to-html.ts';
import { recordsOfFile, type SourceRecord } from '../../src/index.ts';

const docx = (body: string): Uint8Array =>
  zipSync({
    '[Content_Types].xml': strToU8('<Types/>'),
    'word/document.xml': strToU8(`<w:document xmlns:w="w"><w:body>${body}</w:body></w:document>`),
  });

const BODY =
  '<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>Rivers &amp; lakes</w:t></w:r></w:p>' +
  '<w:p><w:r><w:t xml:space="preserve">They </w:t></w:r><w:r><w:t>flow.</w:t><w:br/><w:t>On.</w:t></w:r>' +
  '<w:del><w:r><w:delText>Not this.</w:delText></w:r></w:del><w:r><w:instrText>PAGE</w:instrText></w:r></w:p><w:p/>';

describe('a DOCX file', () => {
  it('is its paragraphs and headings', () => {
    expect(docxToHtml(docx(BODY))).toBe('<h1>Rivers &amp; lakes</h1>\n<p>They flow.<br>On.</p>\n');
  });

  it('becomes a record of HTML', async () => {
    const records: SourceRecord[] = [];
    for await (const { record } of recordsOfFile({ path: 'a.docx' }, [docx(BODY)])) records.push(record);
    expect(records).toMatchObject([
      { path: 'a.docx', mediaType: 'text/html', body: expect.stringContaining('<h1>') },
    ]);
  });

  it.each([
    ['no archive', Buffer.from('plain')],
    ['another archive', zipSync({ 'a.txt': strToU8('x') })],
    ['nested beyond all use', docx('<w:p>'.repeat(1000))],
  ])('that is %s is left out, with the reason', async (_, bytes) => {
    for await (const { record } of recordsOfFile({ path: 'a.docx' }, [bytes]))
      expect(record.rejected).toMatchObject({
        code: 'DOCX_INVALID',
        message: expect.stringMatching(/^a\.docx /),
      });
  });
});
