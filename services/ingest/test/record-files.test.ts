import { describe, expect, it } from '@jest/globals';
import { derivedDocumentV1, documentsDerivedV1, documentsFetchedV1, rejectV1 } from '@alluvium/contracts';
import { linesOfText, tinyPdf } from '@alluvium/testkit';
import { ingest, makeWorld, upload } from './support/world.ts';

const read = async (files: Record<string, string | Uint8Array>) => {
  const world = makeWorld();
  await ingest(world, upload(world, files));
  const parts = world.bus.dataOf(documentsDerivedV1);
  const documents = await Promise.all(
    parts
      .flatMap(({ derived }) => derived ?? [])
      .map((one) => world.objects.readRecords(derivedDocumentV1, one)),
  );
  const rejects = await Promise.all(
    parts.flatMap(({ rejects: left }) => left ?? []).map((one) => world.objects.readRecords(rejectV1, one)),
  );
  return {
    documents: documents.flat(),
    rejects: rejects.flat().map(({ path, error }) => [path, error.code]),
  };
};

describe('a CSV file', () => {
  it('is a document a row; known columns are its parts, the others its attributes', async () => {
    const csv =
      '\ufeffID,Title,Text,Year,Code\r\n7,"A, ""quoted"" title","Two\nlines.",2024,007\r\n\r\n8,,Short.,,\r\n';
    const { documents } = await read({ 'table.csv': csv });
    expect(documents).toMatchObject([
      {
        entityId: '7',
        title: 'A, "quoted" title',
        text: 'Two\nlines.',
        attributes: { Year: 2024, Code: '007' },
      },
      { entityId: '8', title: '8', text: 'Short.', attributes: {} },
    ]);
  });

  it('without a column of text has all of its columns as text', async () => {
    const { documents } = await read({ 'rivers.tsv': 'river\tlength\nSeine\t777\n' });
    expect(documents).toMatchObject([{ entityId: 'rivers.tsv#2', text: 'river: Seine\nlength: 777' }]);
  });

  it('is read with semicolons too', async () => {
    const { documents } = await read({ 'a.csv': 'id;text\n1;"One; only"\n' });
    expect(documents).toMatchObject([{ entityId: '1', text: 'One; only' }]);
  });

  it('leaves out rows with too many fields, and files with no rows', async () => {
    const { documents, rejects } = await read({ 'a.csv': 'id,text\n1,a,b\n2,c\n', 'b.csv': 'id,text\n' });
    expect(documents).toMatchObject([{ entityId: '2' }]);
    expect(rejects).toEqual([
      ['a.csv#2', 'RECORD_INVALID'],
      ['b.csv', 'EMPTY'],
    ]);
  });

  it('goes on behind a row of several lines in the next slice', async () => {
    const world = makeWorld();
    const rows = ['a', 'b', 'c', 'd', 'e'].map(
      (id) => `${id},"${id.repeat(300_000)}\n${id.repeat(300_000)}"`,
    );
    await ingest(world, upload(world, { 'big.csv': `id,text\n${rows.join('\n')}` }), { remainingMs: 59_000 });
    expect(world.bus.dataOf(documentsFetchedV1).length).toBeGreaterThan(1);
    const parts = await Promise.all(
      world.bus
        .dataOf(documentsDerivedV1)
        .map(({ derived }) => world.objects.readRecords(derivedDocumentV1, derived!)),
    );
    expect(parts.flat().map(({ entityId }) => entityId)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });
});

describe('a JSON file', () => {
  it('is a document an item when it is a list of documents', async () => {
    const { documents, rejects } = await read({ 'list.json': '[{"id":1,"text":"One."},{"body":"Two."},3]' });
    expect(documents).toMatchObject([
      { entityId: '1', text: 'One.' },
      { entityId: 'list.json#2', text: 'Two.' },
    ]);
    expect(rejects).toEqual([['list.json#3', 'RECORD_INVALID']]);
  });

  it('is one document when it has a text', async () => {
    const { documents } = await read({ 'one.json': '{"title":"One","text":"Text."}' });
    expect(documents).toMatchObject([{ entityId: 'one.json', title: 'One', text: 'Text.' }]);
  });

  it.each(['{"some":"settings"}', '[1,2]', '{broken'])('is plain text otherwise: %s', async (text) => {
    const { documents } = await read({ 'any.json': text });
    expect(documents).toMatchObject([{ entityId: 'any.json', title: 'any.json', text }]);
  });
});

describe('a PDF file', () => {
  const pdf = tinyPdf([linesOfText(['A river carries what it takes', 'from the hills.'])], {
    title: 'Rivers',
  });

  it('is one document, or one reject with the reason', async () => {
    const { documents, rejects } = await read({ 'rivers.pdf': pdf, 'broken.pdf': '%PDF-1.4' });
    expect(documents).toMatchObject([
      { entityId: 'rivers.pdf', title: 'Rivers', text: 'A river carries what it takes from the hills.' },
    ]);
    expect(rejects).toEqual([['broken.pdf', 'PDF_INVALID']]);
  });

  it('may be larger than files of text', async () => {
    const { documents } = await read({ 'large.pdf': Buffer.concat([pdf, Buffer.alloc(9_000_000, ' ')]) });
    expect(documents).toMatchObject([{ title: 'Rivers' }]);
  });
});
