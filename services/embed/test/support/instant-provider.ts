import type { BatchProvider, BatchText } from '@alluvium/embedding-providers';
import { refusedWord, vectorOfText } from './vectors.ts';

/** A provider that is done at once, and has no vector for what has a certain word in it. */
export const instantProvider = (stamp = 'bought@0123456789ab'): BatchProvider => {
  const orders = new Map<string, readonly BatchText[]>();
  return {
    ...{ kind: 'openai', stamp, dims: 4 },
    create: async (key, texts) => {
      orders.set(`batch_${key}`, texts);
      return `batch_${key}`;
    },
    find: async (key) => (orders.has(`batch_${key}`) ? `batch_${key}` : undefined),
    look: async (id) => ({ state: 'ended', outcome: 'completed', outputFileId: id }),
    forget: async () => undefined,
    results: async ({ outputFileId = '' }, asked) => {
      const texts = (orders.get(outputFileId) ?? []).filter(({ id }) => asked.has(id));
      const refused = texts.filter(({ text }) => text.includes(refusedWord));
      const given = texts.filter((each) => !refused.includes(each));
      return {
        vectors: new Map(given.map(({ id, text }) => [id, vectorOfText(text)])),
        failures: new Map(refused.map(({ id }) => [id, { code: 'PROVIDER_OUTPUT_INVALID', message: 'no' }])),
        ...{ unknown: 0, broken: 0 },
      };
    },
  };
};
