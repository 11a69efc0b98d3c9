import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { buildZoneMaps, readZoneMaps, zoneMatches } from '../../src/filters/zone-maps.ts';
import type { SearchFilters } from '../../src/filters/search-filters.ts';
import { arbitraryFilters, arbitrarySample, builderOf, documentWith, passes } from './filter-samples.ts';
import { planesReader } from './plane-fakes.ts';

const documents = Array.from({ length: 40 }, (_, id) =>
  documentWith({
    entity: `entity ${id}`,
    ...(id !== 1 && { modified: new Date(Date.UTC(2024, 0, 1 + id)).toISOString() }),
  }),
);
// Clusters: documents 0 and 2, document 1, none, documents 30 and 39.
const plane = buildZoneMaps(
  Uint32Array.of(0, 2, 3, 3, 5),
  Uint32Array.of(0, 2, 1, 30, 39),
  builderOf(documents).columns(),
);

describe('zone maps', () => {
  it('never leave out a cluster with a row that passes', async () => {
    await fc.assert(
      fc.asyncProperty(arbitrarySample, arbitraryFilters, async (sample, filters) => {
        const { clusterFirstRow, rowDocuments } = sample;
        const built = buildZoneMaps(clusterFirstRow, rowDocuments, builderOf(sample.documents).columns());
        const zones = await readZoneMaps(planesReader([built]), clusterFirstRow.length - 1);
        const matches = zoneMatches(zones, filters);
        expect(matches?.length ?? clusterFirstRow.length - 1).toBe(clusterFirstRow.length - 1);
        matches?.forEach((match, cluster) => {
          const rows = rowDocuments.subarray(clusterFirstRow[cluster], clusterFirstRow[cluster + 1]);
          if (rows.some((document) => passes(sample.documents[document]!, filters))) expect(match).toBe(1);
        });
      }),
      { numRuns: 400 },
    );
  });

  it.each<[SearchFilters, number[] | undefined]>([
    [{}, undefined],
    [{ id: '7', attributes: { year: 1 } }, undefined],
    [{ entity: 'entity 2' }, [1, 0, 0, 0]],
    [{ entity: ['entity 1', 'entity 30'] }, [0, 1, 0, 1]],
    [{ entity: 'entity 39' }, [0, 0, 0, 1]],
    // Shares its bit with those that have none of their own.
    [{ entity: 'unheard of' }, [0, 0, 0, 1]],
    [{ entity: 'entity 3' }, [0, 0, 0, 0]],
    [{ since: '2024-01-04' }, [0, 0, 0, 1]],
    [{ until: '2024-01-02' }, [1, 0, 0, 0]],
    [{ since: '2024-01-03', until: '2024-01-31' }, [1, 0, 0, 0]],
    [{ entity: 'entity 0', since: '2024-01-30' }, [0, 0, 0, 0]],
  ])('judge clusters by entity and time: %j', async (filters, expected) => {
    const zones = await readZoneMaps(planesReader([plane]), 4);
    expect(zoneMatches(zones, filters)).toEqual(expected && Uint8Array.from(expected));
  });

  it.each([0, 3, 5])('refuse another number of clusters: %i', async (clusters) => {
    await expect(readZoneMaps(planesReader([plane]), clusters)).rejects.toMatchObject({
      code: 'SEGMENT_CORRUPT',
    });
  });

  it('refuse what was cut and never crash on what was changed', async () => {
    for (let length = 0; length < plane.bytes.length; length += 1) {
      const cut = planesReader([{ ...plane, bytes: plane.bytes.subarray(0, length) }]);
      await expect(readZoneMaps(cut, 4)).rejects.toMatchObject({ code: 'SEGMENT_CORRUPT' });
    }
    for (let at = 0; at < plane.bytes.length; at += 1) {
      const bytes = Uint8Array.from(plane.bytes);
      bytes[at] = 255 - (bytes[at] ?? 0);
      const read = readZoneMaps(planesReader([{ ...plane, bytes }]), 4);
      const matches = await read.then(
        (zones) => zoneMatches(zones, { entity: 'entity 0', since: '2024-01-01' })?.length,
        (error: unknown) => (error as { code: string }).code,
      );
      expect([4, 'SEGMENT_CORRUPT']).toContain(matches);
    }
  });
});
