import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  chunkIdOf,
  deltaIdOf,
  documentIdOf,
  hashId,
  indexPathOf,
  runIdOf,
  runIdOfSource,
  uploadRunIdOf,
} from '@alluvium/contracts';

describe('identities', () => {
  // Golden: stored data of every installation depends on them.
  it('never change', () => {
    expect(hashId(['a', 1, { y: 2, x: 1 }])).toMatchInlineSnapshot(`"q55zc017n4cq6ejejh43vgbtpm"`);
    const run = runIdOf({ collection: 'docs', source: 'files', window: 'w', config: { connector: 'files' } });
    expect(run).toMatchInlineSnapshot(`"d61ge72zjhbxe0trbc804prpw7"`);
    const documentId = documentIdOf('files', 'document', 'a.md');
    expect(
      chunkIdOf({ documentId, chunker: 'sentence-1/280/40', ordinal: 0, text: 'Hello.' }),
    ).toMatchInlineSnapshot(`"zg2xhawyj49zxyzpmybzcf5422"`);
    expect(deltaIdOf({ runId: run, part: 3, contentHash: '00' })).toMatchInlineSnapshot(
      `"bs05yfhxys93azfdxw2pnh7f6a"`,
    );
    expect(documentId).toBe('files/document#a.md');
    expect(indexPathOf('docs', 'm@0123456789ab', 384)).toBe('indexes/docs/model=m@0123456789ab/dims=384/');
  });

  it('do not depend on the order of keys', () => {
    expect(hashId({ a: 1, b: { c: 2, d: 3 } })).toBe(hashId({ b: { d: 3, c: 2 }, a: 1 }));
  });

  it('have 26 characters of base32', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(hashId(value)).toMatch(/^[0-9a-hjkmnp-tv-z]{26}$/);
      }),
    );
  });

  it('name the run of an upload by what its manifest says', () => {
    const manifest = Buffer.from('{}');
    const same = uploadRunIdOf({ collection: 'docs', source: 'files', manifest });
    expect(uploadRunIdOf({ collection: 'docs', source: 'files', manifest: Buffer.from('{ }') })).not.toBe(
      same,
    );
    const sha256 = '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a';
    expect(runIdOfSource('docs', { name: 'files', connector: 'files', manifest: { sha256 } })).toBe(same);
  });
});
