import { hashId, indexPathOf } from '@alluvium/contracts';
import { plannedDocument, spoiledDelta } from '@alluvium/testkit/planned-documents';
import type { Random } from '@alluvium/testkit/simulation';
import type { Delta, DeltaDocument } from '@alluvium/vector-store';

/** Of the indexes that the crash test fills. */
export const MODEL = { id: 'tiny@0123456789ab', dims: 8 };

/**
 * Why a delta can never be applied. Those of the first four are refused by the compactor; an `event` that fits no schema and one that names
 * the `index` of somebody else end as dead letters.
 */
export type Poison = 'garbage' | 'model' | 'dimensions' | 'identity' | 'event' | 'index';

/** One delta that is written, and what is to become of it. */
export interface PlannedDelta {
  delta: Delta;
  indexPath: string;
  poison?: Poison;
  /** Announced once for each; the later ones are a replay of the run. */
  attempts: number;
}

/** One event. */
export interface Announcement {
  planned: PlannedDelta;
  attempt: number;
}

/** Everything that is written: the truth against which the indexes are judged. */
export interface Plan {
  indexPaths: string[];
  deltas: PlannedDelta[];
  /** In the order in which they are emitted: some come several times, many too early or too late. */
  announcements: Announcement[];
}

const COLLECTIONS = ['alpha', 'beta', 'gamma'];
const POISONS: readonly Poison[] = ['garbage', 'event', 'model', 'index', 'dimensions', 'identity'];
/** Every so manyth delta is poison. */
const POISON_EVERY = 8;
/** How many places an announcement may come too late. */
const DISORDER = 25;

const someDocument = (random: Random, collection: string, documents: number): DeltaDocument => {
  const number = random.between(1, documents);
  const [fence, sequence] = [random.between(1, 3), random.between(1, 9)];
  return plannedDocument({
    ...{ collection, number, fence, sequence, dims: MODEL.dims },
    deleted: random.chance(0.2),
  });
};

const plannedDelta = (random: Random, number: number, documents: number): PlannedDelta => {
  const collection = random.pick(COLLECTIONS);
  const chosen = Array.from({ length: random.between(1, 5) }, () =>
    someDocument(random, collection, documents),
  );
  const all = [...new Map(chosen.map((document) => [document.documentId, document])).values()];
  const runId = hashId(['crash', collection, Math.floor(number / 40)]);
  const deltaId = hashId([runId, number, all.map(({ revision }) => revision.contentHash)]);
  const identity = { deltaId, collection, runId, attempt: 1, part: number };
  const isPoison = number % POISON_EVERY === POISON_EVERY - 1;
  const poison = POISONS[Math.floor(number / POISON_EVERY) % POISONS.length];
  return {
    delta: { ...identity, model: MODEL, documents: all },
    indexPath: indexPathOf(collection, MODEL.id, MODEL.dims),
    ...(isPoison && poison !== undefined && { poison }),
    attempts: random.chance(0.1) ? 2 : 1,
  };
};

const shuffled = (random: Random, announcements: Announcement[]): Announcement[] =>
  announcements
    .map((announcement, index) => ({ announcement, at: index + random.between(0, DISORDER) }))
    .sort((left, right) => left.at - right.at)
    .map(({ announcement }) => announcement);

/** A plan of so many deltas in three collections, with documents that meet. */
export const makePlan = (random: Random, deltas: number): Plan => {
  const documents = Math.max(4, Math.ceil(deltas / 8));
  const planned = Array.from({ length: deltas }, (_, number) => plannedDelta(random, number, documents));
  const announcements = planned.flatMap((one) =>
    Array.from({ length: one.attempts }, (_, index) => index + 1).flatMap((attempt) =>
      Array.from({ length: random.chance(0.25) ? random.between(2, 3) : 1 }, () => ({
        planned: one,
        attempt,
      })),
    ),
  );
  return {
    indexPaths: [...new Set(planned.map(({ indexPath }) => indexPath))].sort(),
    deltas: planned,
    announcements: shuffled(random, announcements),
  };
};

/** The delta that is stored for a planned one: not what was announced when it is poison of that kind. */
export const storedDelta = ({ delta, poison }: PlannedDelta): Delta => spoiledDelta(delta, poison);

/** Whether a delta ends as a dead letter. */
export const isLetter = ({ poison }: PlannedDelta): boolean => poison === 'event' || poison === 'index';
