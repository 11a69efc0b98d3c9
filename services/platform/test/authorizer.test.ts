import { beforeEach, describe, expect, it } from '@jest/globals';
import { callerOf, mintApiKey, type ApiKeyRecord } from '@alluvium/lambda-kit';
import { makeHandler } from '../src/handlers/authorizer.ts';

const NOW_MS = Date.UTC(2026, 2, 1);
const minted = mintApiKey();

let stored: Map<string, ApiKeyRecord>;
let logged: unknown[];
let handler: ReturnType<typeof makeHandler>;

beforeEach(() => {
  stored = new Map();
  logged = [];
  handler = makeHandler({
    logger: { info: (...entry: unknown[]) => void logged.push(entry) },
    keys: { find: async (keyId) => stored.get(keyId) },
    nowMs: () => NOW_MS,
  });
});

const store = (change: Partial<ApiKeyRecord> = {}): void => {
  const { keyId, hash } = minted;
  const createdAt = '2026-01-01T00:00:00.000Z';
  stored.set(keyId, { keyId, hash, name: 'ci', scopes: ['read', 'write'], createdAt, ...change });
};

const ask = (key: string) => handler({ identitySource: [key] });

describe('the authorizer', () => {
  it('tells services who asks', async () => {
    store({
      collections: ['docs', 'notes'],
      ratePerSecond: 5,
      burst: 10,
      expiresAt: '2026-04-01T00:00:00.000Z',
    });
    const { isAuthorized, context } = await ask(minted.key);
    expect(isAuthorized).toBe(true);
    expect(callerOf({ requestContext: { authorizer: { lambda: context } } })).toEqual({
      ...{ keyId: minted.keyId, scopes: ['read', 'write'], collections: ['docs', 'notes'] },
      ...{ ratePerSecond: 5, burst: 10 },
    });
  });

  it('tells them no more than there is', async () => {
    store();
    expect(await ask(minted.key)).toEqual({
      isAuthorized: true,
      context: { keyId: minted.keyId, name: 'ci', scopes: 'read write' },
    });
  });

  it.each<[string, Partial<ApiKeyRecord>]>([
    ['is revoked', { revokedAt: '2026-02-01T00:00:00.000Z' }],
    ['has expired', { expiresAt: '2026-02-28T23:59:59.000Z' }],
    ['is not the one that was made', { hash: '0'.repeat(64) }],
  ])('refuses a key that %s, and says so in the log without the key', async (_why, change) => {
    store(change);
    expect(await ask(minted.key)).toEqual({ isAuthorized: false });
    expect(JSON.stringify(logged)).toContain(minted.keyId);
    expect(JSON.stringify(logged)).not.toContain(minted.key.slice(17));
  });

  it.each(['', 'alv_x', minted.key, `${minted.key} `])(
    'refuses what is no key of the table: %j',
    async (key) => {
      expect(await ask(key)).toEqual({ isAuthorized: false });
    },
  );

  it('refuses a request without a key', async () => {
    expect(await handler({})).toEqual({ isAuthorized: false });
  });

  it('lets nobody in when the table does not answer', async () => {
    const broken = makeHandler({
      logger: { info: () => undefined },
      keys: { find: () => Promise.reject(new Error('no table')) },
      nowMs: () => NOW_MS,
    });
    await expect(broken({ identitySource: [minted.key] })).rejects.toThrow('no table');
  });
});
