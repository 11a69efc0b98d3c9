import { describe, expect, it } from '@jest/globals';
import { makeChunker, markdownToText, type ChunkHints } from '../../src/index.ts';

const chunks = (text: string, maxChars: number, hints?: ChunkHints) =>
  makeChunker({ strategy: 'markdown', version: 1, parameters: { maxChars } })
    .chunk(text, hints)
    .map(({ start, end, context }) => ({ text: text.slice(start, end), context }));
const textsOf = (text: string, maxChars: number) => chunks(text, maxChars).map((chunk) => chunk.text);

const guide = `# Guide

${'About silt. '.repeat(4)}

## Install

${'Take the river. '.repeat(5)}

### Linux

${'Use a boat. '.repeat(6)}
`;

describe('the strategy markdown', () => {
  it('starts chunks at headings and gives them those above as context', () => {
    expect(chunks(guide, 110).map(({ text, context }) => [text.slice(0, 12), context])).toEqual([
      ['# Guide\n\nAbo', undefined],
      ['## Install\n\n', 'Guide'],
      ['### Linux\n\nU', 'Guide > Install'],
    ]);
  });

  it('gives a chunk from the middle of a section its heading', () => {
    const long = `# Guide\n\n${'Silt settles slowly here. '.repeat(12)}`;
    const contexts = chunks(long, 120).map(({ context }) => context);
    expect(contexts).toEqual([undefined, 'Guide', 'Guide']);
  });

  it('leaves the title out of the context', () => {
    expect(chunks(guide, 110, { title: 'Guide' }).map(({ context }) => context)).toEqual([
      undefined,
      undefined,
      'Install',
    ]);
  });

  it('keeps small sections together', () => {
    expect(textsOf('# A\n\none\n\n# B\n\ntwo\n', 100)).toEqual(['# A\n\none\n\n# B\n\ntwo']);
  });

  it('never ends a chunk with a heading', () => {
    const text = `${'Silt settles. '.repeat(6)}\n\n## Next\n\n${'Clay settles. '.repeat(6)}`;
    for (const chunk of textsOf(text, 100)) expect(chunk).not.toMatch(/## Next$/);
  });

  it.each([
    ['a list', `${'Words. '.repeat(8)}\n\n- one thing here\n- two things here\n  - within it\n- three`],
    ['a table', `${'Words. '.repeat(8)}\n\n| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |`],
    ['code', `${'Words. '.repeat(8)}\n\n\`\`\`sh\nls\n\n# comment\ncd\n\`\`\``],
  ])('keeps %s whole', (_, text) => {
    expect(textsOf(text, 70)).toEqual(text.split(/\n\n(?=[-|`])/).map((part) => part.trim()));
  });

  it('tears what is too large between items, rows and lines', () => {
    const items = Array.from({ length: 9 }, (_, index) => `- item ${String(index)} of the list`);
    expect(textsOf(items.join('\n'), 60).join('\n')).toBe(items.join('\n'));
    const rows = [
      '| a | b |',
      '|---|---|',
      ...Array.from({ length: 9 }, (_, row) => `| ${String(row)} | clay |`),
    ];
    expect(textsOf(rows.join('\n'), 60).join('\n')).toBe(rows.join('\n'));
    const code = ['```', ...Array.from({ length: 9 }, (_, line) => `run --step ${String(line)}`), '```'];
    expect(textsOf(code.join('\n'), 60).join('\n')).toBe(code.join('\n'));
  });

  it('reads Windows line ends, and front matter as no heading', () => {
    const text = `---\r\ntitle: x\r\n---\r\n\r\n# A\r\n\r\n${'One two. '.repeat(8)}\r\n\r\nB\r\n---\r\n\r\n${'Three. '.repeat(8)}`;
    expect(chunks(text, 100).map(({ text: slice, context }) => [slice.slice(0, 5), context])).toEqual([
      ['---\r\n', undefined],
      ['B\r\n--', 'A'],
    ]);
  });

  it('finds the headings of a text that was Markdown', () => {
    const { text, headings } = markdownToText(`${guide}\n\`\`\`\n# no heading\n\`\`\`\n`);
    const found = chunks(text, 110, { headings });
    expect(found.map(({ text: slice, context }) => [slice.slice(0, 7), context])).toEqual([
      ['Guide\n\n', undefined],
      ['Install', 'Guide'],
      ['Linux\n\n', 'Guide > Install'],
    ]);
    expect(found.at(-1)?.text).toMatch(/# no heading$/);
  });
});
