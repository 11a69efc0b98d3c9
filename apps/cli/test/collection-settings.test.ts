import { describe, expect, it } from '@jest/globals';
import { assertReadable, collectionRequestV1 } from '@alluvium/contracts';
import { settingsOf } from '../src/collections/collection-settings.ts';

describe('the settings of a collection', () => {
  it.each(['token', 'markdown@1', 'token@1:maxTokens=256,overlapTokens=32'])(
    'fit the contract with the chunker %s',
    (chunker) => {
      const body = { collection: 'lab', ...settingsOf({ chunker, keepDays: '3' }) };
      expect(assertReadable(collectionRequestV1, body)).toMatchObject({ retention: { keepDays: 3 } });
    },
  );

  it('take sizes of the chunker', () => {
    expect(settingsOf({ chunker: 'token:maxTokens=256' })).toEqual({
      chunker: { strategy: 'token', version: 1, parameters: { maxTokens: 256 } },
    });
  });

  it('refuse what is no chunker, and what is no number', () => {
    expect(() => settingsOf({ chunker: 'token:maxTokens' })).toThrow('is no chunker');
    expect(() => settingsOf({ keepDaily: 'x' })).toThrow('--keep-daily');
  });
});
