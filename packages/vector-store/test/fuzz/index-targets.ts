import { isDeepStrictEqual } from 'node:util';
import { unpackContainer } from '../../src/bytes/container.ts';
import {
  openSnapshot,
  residentCache,
  verifySnapshot,
  type SearchQuery,
  type Snapshot,
} from '../../src/index.ts';
import { parseApplied } from '../../src/publish/applied-deltas.ts';
import { parseHead, parseManifest } from '../../src/snapshot/manifest.ts';
import { SEGMENT_FORMAT } from '../../src/segment/segment-format.ts';
import { formatDocument } from '../format/corpus.ts';
import { committed } from '../publisher.ts';
import { mutatePlane } from './container-targets.ts';
import { sealManifest, sealPlane, storeOf, withBody, type IndexObjects } from './index-objects.ts';
import { mutateBytes, mutateJson } from './mutate.ts';
import { Violation } from './outcome.ts';
import { answer, QUERIES, type Answer } from './queries.ts';
import type { Random } from './random.ts';
import type { FuzzTarget } from './target.ts';

const open = async (objects: IndexObjects, memoryBytes = 10_000_000): Promise<Snapshot | undefined> =>
  openSnapshot(await storeOf(objects), objects.indexPath, { cache: residentCache({ memoryBytes }) });

/** The answers of the whole index. */
const referenceOf = async (objects: IndexObjects): Promise<Answer[]> => {
  const snapshot = (await open(objects)) as Snapshot;
  const answers: Answer[] = [];
  for (const query of QUERIES) answers.push(await answer(snapshot, query));
  return answers;
};

const searchOne = async (objects: IndexObjects, random: Random): Promise<void> => {
  const snapshot = await open(objects, random.pick([0, 10_000_000]));
  if (!snapshot) return;
  for (const query of [random.pick(QUERIES), random.pick(QUERIES)]) await answer(snapshot, query);
  if (random.below(8) === 0) await snapshot.listChunkIds();
};

const assertFound = async (objects: IndexObjects, key: string): Promise<void> => {
  const report = await verifySnapshot(await storeOf(objects), objects.indexPath);
  if (report?.problems.length === 0) throw new Violation(`verification finds nothing wrong with ${key}`);
};

// The root of trust is HEAD: of everything below it a changed byte is found, or was not read.
const searchDamaged = async (
  objects: IndexObjects,
  reference: readonly Answer[],
  random: Random,
): Promise<void> => {
  const key = random.pick([...objects.bodies.keys()].filter((one) => !one.endsWith('HEAD')));
  const damaged = withBody(objects, key, mutateBytes(objects.bodies.get(key) ?? new Uint8Array(), random));
  const number = random.below(QUERIES.length);
  const memoryBytes = random.pick([0, 10_000_000]);
  if (random.below(4) === 0) await assertFound(damaged, key);
  const snapshot = (await open(damaged, memoryBytes)) as Snapshot;
  const found = await answer(snapshot, QUERIES[number] as SearchQuery);
  if (!isDeepStrictEqual(found, reference[number]))
    throw new Violation(`query ${number} has another answer with ${key} damaged`);
};

const mutateSegment = (objects: IndexObjects, random: Random): IndexObjects => {
  const segment = random.below(objects.manifest.index.segments.length);
  const key = objects.manifest.index.segments[segment]?.key ?? '';
  const planes = [...unpackContainer(SEGMENT_FORMAT, objects.bodies.get(key) ?? new Uint8Array())];
  const [plane, bytes] = random.pick(planes);
  return sealPlane(objects, { segment, plane, bytes: mutatePlane(bytes, random) }, random.below(2) === 0);
};

const publishOnto = async (objects: IndexObjects): Promise<void> => {
  const documents = [formatDocument(3, 9), formatDocument(12, 9, true), formatDocument(77, 1)];
  const model = objects.manifest.index.model;
  const delta = { deltaId: 'late', collection: 'docs', runId: 'late', attempt: 1, part: 0, model, documents };
  await committed(await storeOf(objects), [delta], { indexPath: objects.indexPath, fence: 1 });
};

const asJson = (bytes: Uint8Array): unknown => JSON.parse(Buffer.from(bytes).toString('utf8'));

/** A whole index: objects, planes under right checksums, and searches over all of it. */
export const indexTargets = async (objects: IndexObjects): Promise<FuzzTarget[]> => {
  const reference = await referenceOf(objects);
  const { indexPath, head, manifest, bodies } = objects;
  const headKey = `${indexPath}HEAD`;
  const bodyOf = (key: string | undefined): Uint8Array => bodies.get(key ?? '') ?? new Uint8Array();
  return [
    {
      name: 'parsing HEAD, manifest, applied list',
      run: async (random) => {
        const [key, parse] = random.pick([
          [headKey, parseHead],
          [head.manifestKey, parseManifest],
          [manifest.publish.applied.key, parseApplied],
        ] as const);
        const body = bodyOf(key);
        const isJson = random.below(2) === 0;
        parse(
          isJson ? Buffer.from(JSON.stringify(mutateJson(asJson(body), random))) : mutateBytes(body, random),
          'k',
        );
      },
    },
    {
      name: 'searches, any object damaged',
      run: (random) => searchDamaged(objects, reference, random),
    },
    { name: 'searches, other planes', run: (random) => searchOne(mutateSegment(objects, random), random) },
    {
      name: 'searches, another manifest',
      run: async (random) =>
        searchOne(sealManifest(objects, mutateJson(manifest, random), random.below(2) === 0), random),
    },
    {
      name: 'searches, another HEAD',
      run: async (random) => {
        const changed = Buffer.from(JSON.stringify(mutateJson(head, random)));
        const body = random.below(2) === 0 ? changed : mutateBytes(bodyOf(headKey), random);
        await searchOne(withBody(objects, headKey, body), random);
      },
    },
    {
      name: 'publishing onto other planes',
      run: (random) => publishOnto(mutateSegment(objects, random)),
    },
  ];
};
