import { hashId, indexPathOf } from '@alluvium/contracts';
import { plannedDocument, spoiledDelta } from '@alluvium/testkit/planned-documents';
import type { Random } from '@alluvium/testkit/simulation';
import type { Delta, DeltaDocument, Retention } from '@alluvium/vector-store';

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

/** What comes after a while in which nothing happened. */
export interface Epoch {
  /** How long nothing happened. */
  afterMs: number;
  /** How long things go wrong then. */
  stormMs: number;
  fresh: Announcement[];
  /** Deltas of before, announced once more. */
  replays: Announcement[];
  /** Snapshots need not know any more what they held one by one: it is too long ago. */
  isPastHorizon: boolean;
}

/** How garbage is collected. */
export interface GarbagePlan {
  retention: Retention;
  youngMs: number;
  graceMs: number;
  /** Between two cycles of an index, about; undefined: there are none. */
  everyMs: number | undefined;
}

/** Everything that will be written: the truth against which the snapshots are judged. */
export interface Plan {
  indexPaths: string[];
  /** By producer, in the order in which he writes them. */
  deltas: PlannedDelta[][];
  /** Events may get lost; then a delta that cannot be read is the only kind of poison, for of the others nothing is known without. */
  losesEvents: boolean;
  /** With more deltas than this a backlog is merged before it is published. */
  fanOutAfterDeltas: number;
  garbage: GarbagePlan;
  /** Between two deeds of an operator who rolls back, tags and lets in again; undefined: there is none. */
  historyEveryMs: number | undefined;
  /** Deltas at most that a search takes of the tail; undefined: nobody asks for it. */
  tail: number | undefined;
  epochs: Epoch[];
}

/** All kinds of it. */
export const POISONS: readonly Poison[] = ['garbage', 'model', 'dimensions', 'identity', 'missing'];

const someDocument = (random: Random, collection: string, epoch: number): DeltaDocument => {
  const [number, fence, sequence] = [
    random.between(0, 5),
    random.between(1, 2) + 2 * epoch,
    random.between(1, 6),
  ];
  return plannedDocument({
    ...{ collection, number, fence, sequence, dims: MODEL.dims },
    deleted: random.chance(0.25),
    // Goes backwards as revisions go on: whoever takes it for one folds wrongly.
    modified: new Date(Date.UTC(2025, 0, 28 - sequence - 7 * fence)).toISOString(),
  });
};

/** Where a delta belongs. */
export interface RunSpot {
  collection: string;
  runId: string;
  part: number;
  /** Later epochs have greater revisions. */
  epoch: number;
  poisons: readonly Poison[];
}

/** One delta that follows from chance. */
export const plannedDelta = (
  random: Random,
  { collection, runId, part, epoch, poisons }: RunSpot,
): PlannedDelta => {
  const documents = new Map<string, DeltaDocument>();
  for (let count = random.between(0, 3); count >= 0; count -= 1) {
    const document = someDocument(random, collection, epoch);
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
  poison === 'missing' ? undefined : spoiledDelta(delta, poison);

/** A delta's announcements, one for each attempt. */
export const announcementsOf = (planned: PlannedDelta): Announcement[] =>
  Array.from({ length: planned.attempts }, (_, index) => ({ planned, attempt: index + 1 }));
