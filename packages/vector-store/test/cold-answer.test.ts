import { beforeAll, describe, expect, it } from '@jest/globals';
import { memoryObjectStore, openSnapshot, residentCache, type SearchQuery } from '../src/index.ts';
import { committed } from './publisher.ts';
import { CLUSTERED_PATH, clusteredDelta, scatteredVectors } from './recall/clustered.ts';
import { waveStore } from './wave-store.ts';

const stored = memoryObjectStore();

beforeAll(async () => {
  await committed(stored, [clusteredDelta(30_000, scatteredVectors(1))], { indexPath: CLUSTERED_PATH });
});

// From GET HEAD to passages, with nothing in memory.
const askCold = async (query: SearchQuery) => {
  const { store, count } = waveStore(stored);
  return count(async () => {
    const cache = residentCache({ memoryBytes: 0 });
    const snapshot = await openSnapshot(store, CLUSTERED_PATH, { cache });
    return snapshot?.search(query);
  });
};

describe('a cold answer', () => {
  const vectors = Array.from({ length: 12 }, scatteredVectors(11));

  it('by vector takes four round trips', async () => {
    for (const vector of vectors) {
      const { result, waves } = await askCold({ vector, mode: 'dense', k: 10, recall: 0.95 });
      expect(result?.hits).toHaveLength(10);
      expect(waves).toBeLessThanOrEqual(4);
    }
  });

  it('by vector and words takes five, when words and vector point at different chunks too', async () => {
    for (const [index, vector] of vectors.entries()) {
      const query: SearchQuery = { vector, text: `stone ${index * 40}`, mode: 'hybrid', k: 10, recall: 0.95 };
      const { result, waves } = await askCold(query);
      expect(result?.hits).toHaveLength(10);
      expect(result?.plan?.segments.map(({ way }) => way)).toEqual(['codes']);
      expect(waves).toBeLessThanOrEqual(5);
    }
  });
});
