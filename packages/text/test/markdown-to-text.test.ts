import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { markdownToText } from '../src/index.ts';

describe('markdownToText', () => {
  it.each<[string, string, string]>([
    ['keeps headings as lines', '# One\ntext\n## Two ##\ntext', 'One\n\ntext\n\nTwo\n\ntext'],
    ['reads underlined headings', 'One\n===\ntext\n\nTwo\n---\n', 'One\n\ntext\n\nTwo'],
    ['joins the lines of a paragraph', 'one\ntwo\n\nthree', 'one two\n\nthree'],
    ['strips link targets', '[a](http://x/y_(z) "t") [b][ref] [c][] [d]', 'a b c [d]'],
    ['drops link definitions', 'text\n\n[ref]: http://x.org "t"', 'text'],
    ['drops images and badges', '[![build](b.svg)](http://ci) a ![alt [x]](i.png) b', 'a b'],
    ['strips emphasis', '*a* **b** ***c*** _d_ __e__ ~~f~~', 'a b c d e f'],
    ['keeps marks that are none', 'snake_case 2 * 3 ~5 a[0]', 'snake_case 2 * 3 ~5 a[0]'],
    ['keeps code as it is', '`a*b*` ``c`d`` and\n\n```js\n*x* = <b>;\n```', 'a*b* c`d and\n\n*x* = <b>;'],
    ['keeps indented code', 'a\n\n    *b*\n      c\n\nd', 'a\n\n    *b*\n      c\n\nd'],
    ['keeps code of a fence that never closes', '~~~\na\n\nb', 'a\n\nb'],
    ['reads lists', '- a\n* [x] b\n  more\n1. c\n   - d', '- a\n- b more\n1. c\n- d'],
    ['reads quotes', '> a\n> > b\n', 'a b'],
    ['reads tables', 'x | y\n--- | :-:\n1 | `2`\n\n| z |\n|---|\n', 'x | y\n1 | 2\nz'],
    ['drops rules', 'a\n\n***\n- - -\n___\nb', 'a\n\nb'],
    ['strips HTML tags', 'a <b class="x">b</b><br>c <https://x.org>', 'a b c https://x.org'],
    ['drops comments, scripts and styles', 'a\n<!-- x\n\ny -->\n<STYLE>\np {}\n</style>\nb', 'a\n\nb'],
    ['keeps what an unclosed comment would hide', 'a\n\n<!-- b\n\nc', 'a\n\n<!-- b\n\nc'],
    ['keeps comments in fenced code', '```\n<!-- x -->\n```', '<!-- x -->'],
    ['decodes escapes and references', '\\*a\\* &amp; \\\\ C\\#', '*a* & \\ C#'],
    ['drops footnote marks', 'a[^1] b', 'a b'],
    ['keeps the mark of C#', '# About C#', 'About C#'],
    ['takes Windows line ends', '# a\r\nb\r\n', 'a\n\nb'],
    ['makes nothing of nothing', '', ''],
  ])('%s', (_fact, markdown, text) => {
    expect(markdownToText(markdown).text).toBe(text);
  });

  it('takes the title of the front matter, which is not text', () => {
    expect(markdownToText('---\nlayout: post\ntitle: "On silt"\n---\n# Other')).toMatchObject({
      title: 'On silt',
      text: 'Other',
    });
    expect(markdownToText("+++\ntitle = 'On silt'\n+++\ntext")).toMatchObject({
      title: 'On silt',
      text: 'text',
    });
  });

  it('takes the first heading for the title, else none', () => {
    expect(markdownToText('text\n\n## The *second* level').title).toBe('The second level');
    expect(markdownToText('---\n\ntext')).not.toHaveProperty('title');
  });

  it('says where the headings stand in the text', () => {
    const { text, headings } = markdownToText('intro\n\n# A `b` c\n\n#\n\ntext\n\n### D\n');
    expect(headings.map(({ level, text: name }) => [level, name])).toEqual([
      [1, 'A b c'],
      [3, 'D'],
    ]);
    for (const { text: name, start } of headings) expect(text.startsWith(name, start)).toBe(true);
  });

  it('takes any input, and places every heading', () => {
    const piece = fc.constantFrom(
      '#',
      ' ',
      '\n',
      '\n\n',
      '[',
      ']',
      '(',
      ')',
      '`',
      '```\n',
      '*',
      '_',
      '<',
      '<!--',
      '-->',
      '-',
      '|',
      'a',
      '\\',
      '---\n',
      '![',
      '&amp;',
      '> ',
      '    ',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const { text, headings } = markdownToText(pieces.join(''));
        for (const heading of headings) expect(text.startsWith(heading.text, heading.start)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    '[',
    '![',
    '[a](',
    '[a](<',
    '[a](b "',
    '*a',
    '_',
    '<a ',
    '<!--',
    '<!--\n',
    '`a``',
    '> ',
    '- ',
    '|-',
    ' ',
    '\n',
    '---\n',
    '```\n',
    '# ',
    '1. ',
  ])('reads half a megabyte of %j', (piece) => {
    expect(typeof markdownToText(piece.repeat(500_000 / piece.length)).text).toBe('string');
  });
});
