import { describe, expect, it } from '@jest/globals';
import { isGoodKey, mintApiKey, readApiKey, type ApiKeyRecord } from '@alluvium/lambda-kit';

const NOW_MS = Date.UTC(2026, 2, 1);
const minted = mintApiKey();
const stored: ApiKeyRecord = {
  ...{ keyId: minted.keyId, hash: minted.hash, name: 'ci', scopes: ['read'] },
  createdAt: '2026-01-01T00:00:00.000Z',
};

describe('a key', () => {
  it('is a new one each time, and its record does not contain it', () => {
    const keys = Array.from({ length: 50 }, () => mintApiKey());
    expect(new Set(keys.map(({ key }) => key)).size).toBe(50);
    for (const { key, keyId, hash } of keys) {
      expect(key).toMatch(/^alv_[0-9a-f]{12}_[A-Za-z0-9_-]{43}$/);
      expect(readApiKey(key)).toEqual({ keyId, hash });
      expect(hash).not.toContain(key.slice(17, 30));
    }
  });

  it('is good as it was made, and no other is', () => {
    expect(isGoodKey(readApiKey(minted.key)!, stored, NOW_MS)).toBe(true);
    const other = minted.key.replace(/.{2}$/, (end) => (end === 'AA' ? 'BB' : 'AA'));
    expect(isGoodKey(readApiKey(other)!, stored, NOW_MS)).toBe(false);
  });

  it('is good until it expires or is revoked', () => {
    const own = readApiKey(minted.key)!;
    const expiresAt = new Date(NOW_MS).toISOString();
    expect(isGoodKey(own, { ...stored, expiresAt }, NOW_MS - 1)).toBe(true);
    expect(isGoodKey(own, { ...stored, expiresAt }, NOW_MS)).toBe(false);
    expect(isGoodKey(own, { ...stored, revokedAt: '2026-02-01T00:00:00.000Z' }, NOW_MS)).toBe(false);
  });

  it.each(['', 'alv_', 'secret', `${minted.key}x`, ` ${minted.key}`, minted.key.toUpperCase()])(
    'is not %j',
    (text) => {
      expect(readApiKey(text)).toBeUndefined();
    },
  );
});
