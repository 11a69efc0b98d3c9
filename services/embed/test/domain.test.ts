import { describe, expect, it } from '@jest/globals';
import { deltaDocuments, passagesOf } from '../src/domain/delta-documents.ts';
import { deltaIdentity, deltaKey } from '../src/domain/delta-identity.ts';
import { passageOf } from '../src/domain/passage.ts';
import { documentOf, RUN } from './fixtures.ts';

const pointer = { bucket: 'data', key: 'k', sha256: 'a'.repeat(64), bytes: 1, contentSchema: 'x.v1' };

describe('a passage', () => {
  it.each([
    [{ title: 'Guide', text: 'Install it.' }, 'Guide\nInstall it.'],
    [{ title: 'Guide', text: 'Guide to rivers' }, 'Guide to rivers'],
    [{ title: '', text: 'Install it.' }, 'Install it.'],
    [
      { title: 'Guide', context: 'Install > Linux', text: 'Unpack it.' },
      'Guide\nInstall > Linux\nUnpack it.',
    ],
    [{ title: '', context: 'Install', text: 'Unpack it.' }, 'Install\nUnpack it.'],
  ])('of %j is %j', (parts, expected) => {
    expect(passageOf(parts)).toBe(expected);
  });
});

describe('the identity of a delta', () => {
  const data = { ...RUN, chunks: pointer };

  it('is the same for the same chunks and model', () => {
    expect(deltaIdentity({ ...data }, 'm@1')).toBe(deltaIdentity(data, 'm@1'));
  });

  it.each([
    ['another model', data, 'm@2'],
    ['other chunks', { ...data, chunks: { ...pointer, sha256: 'b'.repeat(64) } }, 'm@1'],
    ['another part', { ...data, part: 4 }, 'm@1'],
    ['another run', { ...data, runId: '1'.repeat(26) }, 'm@1'],
  ])('differs for %s', (_what, other, stamp) => {
    expect(deltaIdentity(other, stamp)).not.toBe(deltaIdentity(data, 'm@1'));
  });

  it('names the object', () => {
    expect(deltaKey({ ...RUN, deltaId: 'd' })).toBe(`embeddings/docs/${RUN.runId}/3-d`);
  });
});

describe('the documents of a delta', () => {
  const documents = [
    documentOf('a', ['one', 'two']),
    documentOf('gone', [], { deleted: true }),
    documentOf('b', ['three']),
  ];

  it('get the vectors in the order of the passages, deleted ones included', () => {
    const vectors = passagesOf(documents).map((_, index) => Float32Array.of(index));
    const made = deltaDocuments(documents, vectors);
    expect(made.map(({ entityId, deleted }) => [entityId, deleted])).toEqual([
      ['a', false],
      ['gone', true],
      ['b', false],
    ]);
    expect(made.flatMap(({ chunks }) => chunks.map(({ vector }) => vector[0]))).toEqual([0, 1, 2]);
  });

  it.each([2, 4])('are refused when the model gives %d vectors for three passages', (count) => {
    const vectors = Array.from({ length: count }, () => Float32Array.of(1));
    expect(() => deltaDocuments(documents, vectors)).toThrow(`${count} vectors for 3 passages`);
  });
});
