import { hashId, indexPathOf } from '@alluvium/contracts';
import type { Random } from '@alluvium/testkit/simulation';
import { DEFAULT_RETENTION } from '@alluvium/vector-store';
import {
  announcementsOf,
  MODEL,
  plannedDelta,
  POISONS,
  type Announcement,
  type Epoch,
  type GarbagePlan,
  type Plan,
  type PlannedDelta,
  type Poison,
} from './plan.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Past the horizon of 35 days. */
const AFTERLIFE_MS = 36 * 24 * HOUR_MS;

interface EpochPlan extends Pick<Epoch, 'afterMs' | 'stormMs' | 'isPastHorizon'> {
  number: number;
  before: readonly PlannedDelta[];
  collections: readonly string[];
  poisons: readonly Poison[];
}

const planEpoch = (random: Random, { number, before, collections, poisons, ...rest }: EpochPlan): Epoch => {
  const good = before.filter(({ poison }) => poison === undefined);
  const runIds = collections.map((collection) => hashId(['epoch', number, collection]));
  const fresh = collections.flatMap((collection, index) =>
    [0, 1].flatMap((part) =>
      announcementsOf(
        plannedDelta(random, { collection, runId: runIds[index] ?? '', part, epoch: number, poisons }),
      ),
    ),
  );
  const replays = good
    .filter(() => random.chance(0.3))
    .map((planned): Announcement => ({ planned, attempt: planned.attempts + number }));
  return { ...rest, fresh, replays };
};

/** As everybody has it; or so short that much happens within a run. */
const planGarbage = (random: Random, mayBeShort: boolean): GarbagePlan => {
  const isOn = random.chance(0.5);
  const everyMs = isOn ? random.between(2, random.pick([5, 90])) * MINUTE_MS : undefined;
  if (!mayBeShort || random.chance(0.3))
    return { everyMs, retention: DEFAULT_RETENTION, youngMs: 24 * HOUR_MS, graceMs: 24 * HOUR_MS };
  const retention = {
    newest: random.between(0, 3),
    allForMs: random.pick([0, 0, 30 * MINUTE_MS]),
    dailyForMs: 0,
  };
  const graceMs = random.pick([0, 10 * MINUTE_MS, HOUR_MS]);
  return { everyMs, retention, youngMs: random.pick([20 * MINUTE_MS, HOUR_MS]), graceMs };
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
  const before = deltas.flat();
  const fanOutAfterDeltas = random.chance(0.25) ? random.between(1, 4) : Infinity;
  const garbage = planGarbage(random.fork('garbage'), fanOutAfterDeltas === Infinity);
  const epochs: Epoch[] = [];
  // What is as old as a day is judged only a day later.
  if (garbage.everyMs !== undefined && random.chance(0.3)) {
    const afterMs = random.between(20, 80) * HOUR_MS;
    const spot = { number: 1, before, collections, poisons, isPastHorizon: false };
    epochs.push(planEpoch(random, { ...spot, afterMs, stormMs: random.between(20, 90) * MINUTE_MS }));
  }
  if (random.chance(0.2)) {
    const spot = { number: 2, before, collections, poisons: POISONS, isPastHorizon: true };
    epochs.push(planEpoch(random, { ...spot, afterMs: AFTERLIFE_MS, stormMs: 0 }));
  }
  return {
    indexPaths: collections.map((name) => indexPathOf(name, MODEL.id, MODEL.dims)),
    ...{ deltas, losesEvents, fanOutAfterDeltas, garbage, epochs },
    tail: random.chance(0.5) ? random.pick([2, 64]) : undefined,
    historyEveryMs: random.chance(0.4) ? random.between(2, 40) * MINUTE_MS : undefined,
  };
};

/** A plan without deltas of its own: what comes is what ingest makes of a source. */
export const emptyPlan = (collection: string): Plan => ({
  indexPaths: [indexPathOf(collection, MODEL.id, MODEL.dims)],
  ...{ deltas: [], losesEvents: false, fanOutAfterDeltas: Infinity, epochs: [] },
  garbage: { retention: DEFAULT_RETENTION, youngMs: 0, graceMs: 0, everyMs: undefined },
  ...{ tail: undefined, historyEveryMs: undefined },
});
