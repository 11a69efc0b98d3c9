import { hashId, indexPathOf, sha256Hex } from '@alluvium/contracts';
import type { Random } from '@alluvium/testkit/simulation';
import type { Delta, DeltaDocument } from '@alluvium/vector-store';

/** Of the indexes that the simulation fills. */
export const MODEL = { id: 'tiny@0123456789ab', dims: 4 };

/** Why a delta can never be applied. */
export type Poison = 'garbage' | 'model' | 'dimensions' | 'identity' | 'missing';

/** One delta that a producer will write, and what is to become of it. */
export interface PlannedDelta {
  delta: Delta;
  indexPath: string;
  poison?: Poison;
  /** Announced once for each; the later ones are a replay of the run. */
  attempts: number;
  /** Virtual milliseconds that its producer waits before it. */
  afterMs: number;
}

/** One announcement of a delta. */
export interface Announcement {
  planned: PlannedDelta;
  attempt: number;
}

/** What comes when the snapshot has forgotten its deltas one by one, because it is too long ago. */
export interface Afterlife {
  /** Deltas of before, announced once more: they are in the snapshot, which need not know that any more. */
  replays: Announcement[];
  fresh: Announcement[];
}

/** Everything that will be written: the truth against which the snapshots are judged. */
export interface Plan {
  indexPaths: string[];
  /** By producer, in the order in which he writes them. */
  deltas: PlannedDelta[][];
  /** Events may get lost; then a delta that cannot be read is the only kind of poison, for of the others nothing is known without. */
  losesEvents: boolean;
  afterlife?: Afterlife;
}

const POISONS: readonly Poison[] = ['garbage', 'model', 'dimensions', 'identity', 'missing'];

const vectorOf = (text: string): Float32Array =>
  Float32Array.from(
    { length: MODEL.dims },
    (_, index) => parseInt(sha256Hex(`${text}${index}`).slice(0, 6), 16) - 8e6,
  );

/** A document whose content follows from its number and its revision, so that any two of them agree or differ as a whole. */
const plannedDocument = (random: Random, collection: string, epoch: number): DeltaDocument => {
  const [number, fence, sequence] = [
    random.between(0, 5),
    random.between(1, 2) + epoch,
    random.between(1, 6),
  ];
  const deleted = random.chance(0.25);
  const entityId = `${collection}-${number}`;
  const contentHash = sha256Hex(`${entityId} ${fence} ${sequence} ${deleted}`);
  const name = `${entityId}.${fence}.${sequence}`;
  const chunks = Array.from({ length: deleted ? 0 : (number + sequence) % 4 }, (_, ordinal) => {
    const text = `silt ${name} part ${ordinal}`;
    return {
      chunkId: `${name}.${ordinal}`,
      ordinal,
      text,
      start: 0,
      end: text.length,
      vector: vectorOf(text),
    };
  });
  return {
    documentId: `files/page#${entityId}`,
    entity: 'page',
    entityId,
    source: 'files',
    title: `Page ${entityId}`,
    // Goes backwards as revisions go on: whoever takes it for one folds wrongly.
    modified: new Date(Date.UTC(2025, 0, 28 - sequence - 7 * fence)).toISOString(),
    attributes: { sequence },
    revision: { fence, sequence, contentHash },
    deleted,
    chunks,
  };
};

interface RunSpot {
  collection: string;
  runId: string;
  part: number;
  /** Later epochs have greater revisions. */
  epoch: number;
  poisons: readonly Poison[];
}

const shortened = (document: DeltaDocument): DeltaDocument => ({
  ...document,
  chunks: document.chunks.map((chunk) => ({ ...chunk, vector: chunk.vector.slice(1) })),
});

const poisoned = (delta: Delta, poison: Poison | undefined): Delta => {
  if (poison === 'model') return { ...delta, model: { ...MODEL, id: 'other@ba9876543210' } };
  if (poison === 'dimensions')
    return { ...delta, model: { ...MODEL, dims: MODEL.dims - 1 }, documents: delta.documents.map(shortened) };
  return poison === 'identity' ? { ...delta, deltaId: hashId([delta.deltaId, 'another']) } : delta;
};

const plannedDelta = (random: Random, { collection, runId, part, epoch, poisons }: RunSpot): PlannedDelta => {
  const documents = new Map<string, DeltaDocument>();
  for (let count = random.between(0, 3); count >= 0; count -= 1) {
    const document = plannedDocument(random, collection, epoch);
    documents.set(document.documentId, document);
  }
  const content = [...documents.values()].map(({ documentId, revision }) => [
    documentId,
    revision.contentHash,
  ]);
  const deltaId = hashId([runId, part, content]);
  const delta = {
    deltaId,
    collection,
    runId,
    attempt: 1,
    part,
    model: MODEL,
    documents: [...documents.values()],
  };
  const poison = random.chance(0.08) ? random.pick(poisons) : undefined;
  return {
    delta,
    indexPath: indexPathOf(collection, MODEL.id, MODEL.dims),
    ...(poison !== undefined && { poison }),
    attempts: random.chance(0.15) ? 2 : 1,
    afterMs: random.chance(0.3) ? random.between(0, 1_800_000) : random.between(0, 4_000),
  };
};

/** What a producer stores for a planned delta; undefined: nothing. */
export const storedDelta = ({ delta, poison }: PlannedDelta): Delta | undefined =>
  poison === 'missing' ? undefined : poisoned(delta, poison);

/** A delta's announcements, one for each attempt. */
export const announcementsOf = (planned: PlannedDelta): Announcement[] =>
  Array.from({ length: planned.attempts }, (_, index) => ({ planned, attempt: index + 1 }));

const planAfterlife = (random: Random, before: PlannedDelta[], collections: string[]): Afterlife => {
  const good = before.filter(({ poison }) => poison === undefined);
  return {
    replays: good
      .filter(() => random.chance(0.3))
      .map((planned) => ({ planned, attempt: planned.attempts + 1 })),
    fresh: collections.flatMap((collection) =>
      [0, 1].flatMap((part) =>
        announcementsOf(
          plannedDelta(random, {
            collection,
            runId: hashId(['late', collection]),
            part,
            epoch: 2,
            poisons: POISONS,
          }),
        ),
      ),
    ),
  };
};

/** A plan of two or three producers in up to three collections. */
export const makePlan = (random: Random): Plan => {
  const losesEvents = random.chance(0.25);
  const poisons: readonly Poison[] = losesEvents ? ['garbage'] : POISONS;
  const collections = random.pick([
    ['alpha'],
    ['alpha'],
    ['alpha'],
    ['alpha', 'beta'],
    ['alpha', 'beta', 'gamma'],
  ]);
  const deltas = Array.from({ length: random.between(2, 3) }, (_, producer) => {
    const collection = random.pick(collections);
    const runs = [0, 1].map((run) => hashId(['run', producer, run]));
    return Array.from({ length: random.between(2, 8) }, (_, part) =>
      plannedDelta(random, { collection, runId: random.pick(runs), part, epoch: 0, poisons }),
    );
  });
  return {
    indexPaths: collections.map((name) => indexPathOf(name, MODEL.id, MODEL.dims)),
    deltas,
    losesEvents,
    ...(random.chance(0.2) && { afterlife: planAfterlife(random, deltas.flat(), collections) }),
  };
};
