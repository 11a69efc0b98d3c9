import { beforeEach, describe, expect, it } from '@jest/globals';
import { DOCUMENTS, INDEX, makeWorld } from './support/world.ts';

let world: ReturnType<typeof makeWorld>;

beforeEach(async () => {
  world = makeWorld();
  await world.putCollection('docs', INDEX);
  await world.publishDocuments(DOCUMENTS);
});

type Asked = [method: string, path: string, query: string, body: unknown];

const READS: Asked[] = [
  ['GET', '/retrieve', 'q=stone', undefined],
  ['POST', '/retrieve', '', { q: 'stone' }],
  ['POST', '/retrieve', '', { queries: [{ q: 'stone' }] }],
  ['GET', '/documents', '', undefined],
  ['GET', '/documents/files/page#water', '', undefined],
];
const WRITES: Asked[] = [
  ['DELETE', '/documents/files/page#water', '', undefined],
  ['POST', '/documents/delete', '', { filters: { entity: 'page' } }],
];

const ask = ([method, path, query, body]: Asked, caller: Record<string, string>) =>
  world.request(method, path, { query, caller, ...(body !== undefined && { body: JSON.stringify(body) }) });

describe('a key', () => {
  it.each(READS)('reads with any scope: %s %s', async (...asked) => {
    for (const scopes of ['read', 'write', 'admin'])
      expect((await ask(asked, { keyId: 'k', scopes })).status).toBe(200);
    expect(await ask(asked, { keyId: 'k', scopes: '' })).toMatchObject({
      ...{ status: 403, body: { code: 'SCOPE_MISSING', detail: expect.stringContaining('scope read') } },
    });
  });

  it.each(WRITES)('deletes with the scope write: %s %s', async (...asked) => {
    expect(await ask(asked, { keyId: 'k', scopes: 'read' })).toMatchObject({
      ...{ status: 403, body: { code: 'SCOPE_MISSING', detail: expect.stringContaining('scope write') } },
    });
    expect(world.bus.events).toEqual([]);
    expect((await ask(asked, { keyId: 'k', scopes: 'write' })).status).toBe(202);
  });

  it.each([...READS, ...WRITES])('keeps to its collections: %s %s', async (...asked) => {
    const caller = { keyId: 'k', scopes: 'admin', collections: 'notes' };
    expect(await ask(asked, caller)).toMatchObject({ status: 403, body: { code: 'COLLECTION_FORBIDDEN' } });
    expect((await ask(asked, { ...caller, collections: 'notes docs' })).status).toBeLessThan(300);
  });
});
