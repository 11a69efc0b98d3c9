import { describe, expect, it } from '@jest/globals';
import { makeChunker } from '../../src/index.ts';

const chunks = (text: string, maxChars: number) =>
  makeChunker({ strategy: 'code', version: 1, parameters: { maxChars } })
    .chunk(text)
    .map(({ start, end, context }) => ({ text: text.slice(start, end), context }));

const method = (name: string) =>
  `    def ${name}(self):\n        grain = self.take()\n        return grain\n`;
const python = `class River:\n${method('clay')}\n${method('silt')}\n${method('sand')}\n\ndef mouth():\n    return River()\n`;
const braces = `function a() {\n  one();\n  two();\n}\n\n// about b\nfunction b() {\n  three();\n}\n`;

describe('the strategy code', () => {
  it('cuts between functions and names what encloses them', () => {
    const found = chunks(python, 95);
    expect(found.map(({ text, context }) => [text.trimStart().split('\n')[0], context])).toEqual([
      ['class River:', undefined],
      ['def silt(self):', 'class River:'],
      ['def sand(self):', 'class River:'],
      ['def mouth():', undefined],
    ]);
  });

  it('starts a chunk with the indentation of its first line', () => {
    expect(chunks(python, 95)[1]?.text).toMatch(/^ {4}def silt/);
  });

  it('leaves a comment with what it is about, and a bracket with what it closes', () => {
    expect(chunks(braces, 50).map(({ text }) => text)).toEqual(braces.trim().split('\n\n'));
  });

  it('cuts at the least indentation where one function is too long', () => {
    const body = Array.from(
      { length: 8 },
      (_, index) => `  if (${String(index)}) {\n    settle();\n  }`,
    ).join('\n');
    const found = chunks(`function a() {\n${body}\n}\n`, 80);
    for (const { text } of found.slice(1)) expect(text).toMatch(/^ {2}if/);
    expect(found.at(-1)?.context).toBe('function a() {');
  });

  it('tears only a line that is too long', () => {
    const found = chunks(`a = 1\n${'word '.repeat(30)}\nb = 2`, 60).map(({ text }) => text);
    expect(found[0]).toBe('a = 1');
    expect(found.at(-1)).toBe('b = 2');
    expect(Math.max(...found.map(({ length }) => length))).toBeLessThanOrEqual(60);
  });
});
