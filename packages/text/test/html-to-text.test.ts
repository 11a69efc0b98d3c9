import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { htmlToText } from '../src/index.ts';

describe('htmlToText', () => {
  it.each<[string, string, string]>([
    ['puts blocks on lines of their own', '<h1>Delta</h1><p>One.<p>Two.', 'Delta\n\nOne.\n\nTwo.'],
    ['keeps inline elements inside a line', '<p>a <b>bold</b>er <i>word</i></p>', 'a bolder word'],
    ['collapses white space', '<p>  a\n\t b&nbsp; c </p>', 'a b c'],
    ['breaks at br and between list items', 'a<br>b<ul><li>c<li>d</ul>', 'a\nb\n\nc\nd'],
    ['separates table cells', '<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>', 'a b\nc'],
    ['keeps preformatted text', '<pre>\n  if x:\n    y\n</pre>z', '  if x:\n    y\n\n\nz'],
    ['drops scripts, whatever they contain', 'a<script>if (a<b) "</p><p>"</SCRIPT>b', 'ab'],
    [
      'drops styles, menus and forms controls',
      '<style>p{}</style><nav><p>Home</p></nav><button>Go</button>x',
      'x',
    ],
    ['drops nested menus whole', '<nav>a<nav>b</nav>c</nav>d', 'd'],
    ['keeps the content after a menu that never closes', '<nav><p>Home<main><p>Text</main>', 'Text'],
    ['keeps what comes after an empty vector graphic', 'a<svg/>b<svg><style/><svg/></svg>c', 'abc'],
    ['drops comments', 'a<!-- <p>no</p> --><!-->b', 'ab'],
    ['decodes character references', '&lt;b&gt; &eacute; &#8212; &#x1F600; &copy 2026', '<b> é — 😀 © 2026'],
    ['reads numeric references as Windows-1252 where HTML does', '&#147;x&#148;', '“x”'],
    ['knows the names of HTML 5', '&lbrace;&rightarrow;&nvap;&rbrace;', '{→≍⃒}'],
    ['keeps what is no reference', 'AT&T ?a=1&notify=2 &unknown;', 'AT&T ?a=1&notify=2 &unknown;'],
    ['replaces references to nothing', '&#0;&#xD800;&#x110000;', '\ufffd\ufffd\ufffd'],
    ['keeps a less-than sign that opens no tag', '1 < 2 and a <- b', '1 < 2 and a <- b'],
    ['skips attributes with angle brackets', '<a title="1 > 0" href=\'x>y\'>text</a>', 'text'],
    ['ignores a quote inside an attribute name', '<p it"s>text</p>', 'text'],
    ['drops a tag that never ends', 'text<p class="', 'text'],
    ['makes nothing of nothing', '', ''],
  ])('%s', (_fact, html, text) => {
    expect(htmlToText(html).text).toBe(text);
  });

  it('takes the title of the head', () => {
    const html = '<title> Rivers &amp;\n seas </title><svg><title>icon</title></svg><h1>Other</h1>';
    expect(htmlToText(html)).toEqual({ title: 'Rivers & seas', text: 'Other' });
  });

  it('takes the first heading without one', () => {
    expect(htmlToText('<h1>On <i>silt</i></h1><h1>More</h1>').title).toBe('On silt');
  });

  it('has no title when there is none', () => {
    expect(htmlToText('<p>text')).toEqual({ text: 'text' });
  });

  it('takes any input and leaves no tag of a known kind', () => {
    const piece = fc.constantFrom(
      '<p>',
      '</p>',
      '<',
      '>',
      '"',
      '=',
      '<!--',
      '-->',
      '<script>',
      '</script',
      'a',
      ' ',
      '&#',
      '<pre>',
      '<nav>',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        expect(htmlToText(pieces.join('')).text).not.toMatch(/<pre>|<script>|<nav>/);
      }),
    );
  });

  it.each([
    '<',
    '<a ',
    '<a b="',
    '<!--',
    '</',
    '<script>',
    '<nav>',
    '&#',
    '<pre>\n',
    '<p',
    '<title>',
    '<svg>',
    '<svg/>',
    '<form>',
    '<b></i>',
    '&CounterClockwise',
    '<![CDATA[',
    '</script ',
  ])('reads a megabyte of %j', (piece) => {
    expect(typeof htmlToText(piece.repeat(1_000_000 / piece.length)).text).toBe('string');
  });

  it('reads end tags that close none of many open elements', () => {
    expect(htmlToText(`${'<b>'.repeat(150_000)}${'</i>'.repeat(150_000)}x`).text).toBe('x');
  });
});
