import { crc32 } from 'node:zlib';
import {
  memoryObjectStore,
  openSnapshot,
  readObject,
  residentCache,
  type ObjectStore,
  type SearchQuery,
} from '../../src/index.ts';
import { committed } from '../publisher.ts';
import { CLUSTERED_PATH, clusteredDelta, clusteredVectors } from '../recall/clustered.ts';
import { readIndexObjects, sealManifest, type IndexObjects } from './index-objects.ts';
import { mutateInPlace } from './mutate.ts';
import type { Random } from './random.ts';
import type { FuzzTarget } from './target.ts';

const vector = clusteredVectors(5)();

const QUERIES: readonly SearchQuery[] = [
  { vector, k: 10, mode: 'dense', recall: 0.95 },
  { vector, k: 10, mode: 'dense', recall: 0.99 },
  { vector, k: 5, mode: 'dense', filters: { id: ['3', '400'] } },
  { vector, text: 'stone', k: 5, mode: 'hybrid' },
];

/** The base, with other bytes from a place of one object on, and another HEAD. */
const overlaid = (
  base: ObjectStore,
  objects: IndexObjects,
  { key, start, bytes }: { key: string; start: number; bytes: Uint8Array },
): ObjectStore => ({
  ...base,
  get: async (asked, options = {}) => {
    const object = await readObject(base, asked, options);
    if (!object) return undefined;
    if (asked !== key) return { ...object, body: objects.bodies.get(asked) ?? object.body };
    const from = options.range?.start ?? 0;
    const [first, last] = [Math.max(from, start), Math.min(from + object.body.length, start + bytes.length)];
    if (first < last) object.body.set(bytes.subarray(first - start, last - start), first - from);
    return object;
  },
});

const searchChanged = async (store: ObjectStore, objects: IndexObjects, random: Random): Promise<void> => {
  const { manifest, bodies } = objects;
  const descriptor = manifest.index.segments[0];
  const chosen = random.pick(['codes', 'clusters', 'rows', 'rowDocuments']);
  const plane = descriptor?.planes.find(({ name }) => name === chosen);
  if (!descriptor || !plane) return;
  const body = bodies.get(descriptor.key) ?? new Uint8Array();
  const bytes = mutateInPlace(body.subarray(plane.start, plane.end), random);
  const planes = descriptor.planes.map((one) => (one === plane ? { ...one, crc32: crc32(bytes) } : one));
  const index = { ...manifest.index, segments: [{ ...descriptor, planes }] };
  const sealed = sealManifest(objects, { ...manifest, index }, true);
  const changed = overlaid(store, sealed, { key: descriptor.key, start: plane.start, bytes });
  const cache = residentCache({ memoryBytes: random.pick([0, 50_000_000]) });
  const snapshot = await openSnapshot(changed, CLUSTERED_PATH, { cache });
  await snapshot?.search(random.pick(QUERIES));
};

/** Searches by codes and by clusters, which only a large segment has. */
export const largeTargets = async (): Promise<FuzzTarget[]> => {
  const store = memoryObjectStore();
  await committed(store, [clusteredDelta(30_000)], { indexPath: CLUSTERED_PATH });
  const objects = await readIndexObjects(store, CLUSTERED_PATH);
  return [
    {
      name: 'searches by codes and clusters, other planes',
      run: (random) => searchChanged(store, objects, random),
    },
  ];
};
