import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  measureRecall,
  memoryObjectStore,
  openSnapshot,
  residentCache,
  type Recall,
  type Snapshot,
} from '../../src/index.ts';
import { wilsonInterval } from '../../src/recall/wilson-interval.ts';
import { deltaOf, documentOf, INDEX_PATH } from '../deltas.ts';
import { committed } from '../publisher.ts';
import { CLUSTERED_PATH, clusteredDelta, clusteredVectors } from './clustered.ts';

const store = memoryObjectStore();

const opened = async (indexPath: string, memoryBytes = 50_000_000): Promise<Snapshot> =>
  (await openSnapshot(store, indexPath, { cache: residentCache({ memoryBytes }) })) as Snapshot;

beforeAll(async () => {
  await committed(store, [clusteredDelta(30_000)], { indexPath: CLUSTERED_PATH });
  const documents = Array.from({ length: 30 }, (_, id) => documentOf(id));
  await committed(store, [deltaOf(0, documents)]);
  await committed(store, [
    deltaOf(1, [documentOf(3, { sequence: 2 }), documentOf(4, { sequence: 2, deleted: true })]),
  ]);
});

describe('the recall of a small snapshot', () => {
  it('is 1: it is searched exactly', async () => {
    const report = await measureRecall(await opened(INDEX_PATH), { samples: 40, k: 5 });
    expect(report).toMatchObject({ version: 2, chunks: 58, queries: 40, k: 5, asked: 0.95, recall: 1 });
    expect(report.interval.high).toBe(1);
    expect(report.interval.low).toBeGreaterThan(0.9);
    expect(report.interval.low).toBeLessThan(1);
    expect(report.worst).toMatchObject({ recall: 1, missed: [] });
    expect(Object.keys(report.ways)).toEqual(['exact']);
  });

  it('asks for every living chunk once when more are wanted, and for no dead one', async () => {
    const report = await measureRecall(await opened(INDEX_PATH), { samples: 1000 });
    expect(report.queries).toBe(58);
  });

  it('chooses the same chunks for the same seed', async () => {
    const snapshot = await opened(INDEX_PATH);
    const worst = async (seed: number) => (await measureRecall(snapshot, { samples: 1, seed })).worst?.query;
    expect(await worst(5)).toBe(await worst(5));
    const chosen = await Promise.all([1, 2, 3, 4, 5, 6].map(worst));
    expect(new Set(chosen).size).toBeGreaterThan(3);
  });

  it('tells how far it is', async () => {
    const steps: [number, number][] = [];
    await measureRecall(await opened(INDEX_PATH), {
      samples: 3,
      onQuery: (done, total) => steps.push([done, total]),
    });
    expect(steps).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses %d samples', async (samples) => {
    await expect(measureRecall(await opened(INDEX_PATH), { samples })).rejects.toMatchObject({
      code: 'QUERY_INVALID',
    });
  });
});

describe('the recall of a snapshot that is searched by codes or clusters', () => {
  it.each<[Recall, number]>([
    [0.95, 0.95],
    [0.99, 0.98],
    ['exact', 1],
  ])('is what was asked: %s', async (recall, least) => {
    const report = await measureRecall(await opened(CLUSTERED_PATH), { samples: 60, recall });
    expect(report.recall).toBeGreaterThanOrEqual(least);
    expect(report.interval.low).toBeLessThanOrEqual(report.recall);
    expect(report.interval.high).toBeGreaterThanOrEqual(report.recall);
  });

  it('is measured on vectors that are given, too', async () => {
    const next = clusteredVectors(99);
    const vectors = Array.from({ length: 40 }, () => next());
    const report = await measureRecall(await opened(CLUSTERED_PATH), { vectors });
    expect(report.queries).toBe(40);
    expect(report.recall).toBeGreaterThanOrEqual(0.95);
    expect(report.worst?.query).toMatch(/^vector \d+$/);
  });

  it('costs less than an exact search of a store, which it leaves as it was planned', async () => {
    const { planned, exact, ways } = await measureRecall(await opened(CLUSTERED_PATH, 0), { samples: 5 });
    expect(ways.exact).toBeUndefined();
    // The exact search reads all rows once and keeps them: a fifth of them a query.
    expect(planned.meanBytes).toBeLessThan(5 * exact.meanBytes);
    expect(planned.meanRequests).toBeGreaterThan(0);
  });
});

describe('the interval', () => {
  it.each([
    [0.5, 100, 0.4038, 0.5962],
    [1, 100, 0.963, 1],
    [0.95, 200, 0.9104, 0.9726],
    [0, 10, 0, 0.2775],
  ])('of a mean of %d over %d queries is %d to %d', (mean, trials, low, high) => {
    const interval = wilsonInterval(mean, trials);
    expect(interval.low).toBeCloseTo(low, 3);
    expect(interval.high).toBeCloseTo(high, 3);
  });

  it('says nothing without a query', () => {
    expect(wilsonInterval(0, 0)).toEqual({ low: 0, high: 1 });
  });
});
