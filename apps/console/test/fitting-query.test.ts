import { describe, expect, it } from '@jest/globals';
import { fittingQuery } from '../src/views/home/fitting-query.ts';

describe('the words that a file is looked for by', () => {
  it.each([
    [
      'guide.md',
      '---\ntitle: x\n---\n\n## The **bold** [heading](https://example.org)\n',
      'The bold heading',
    ],
    ['notes.txt', '\n\nThe tide rises twice a day.\nMore.', 'The tide rises twice a day.'],
    ['page.html', '<title>Title</title><body><h1>First <em>heading</em></h1>', 'First heading'],
    ['page.html', '<html><title>Only a title</title>', 'Only a title'],
    ['data.jsonl', '{"id":"1","title":"River deltas","text":"…"}\n{"id":"2"}', 'River deltas'],
    ['old-report_2024.docx', 'PK\u0003\u0004', 'old report 2024'],
    ['broken.json', '{', 'broken'],
    [
      'README',
      '# One two three four five six seven eight nine ten',
      'One two three four five six seven eight nine',
    ],
  ])('of %s are of its heading, else of its name', (name, text, words) => {
    expect(fittingQuery(name, text)).toBe(words);
  });
});
