import { hasCode } from '@alluvium/contracts';
import {
  decodeDelta,
  publish,
  type AppliedSet,
  type Delta,
  type DeltaRef,
  type Intermediate,
  type Lease,
  type PublishResult,
} from '@alluvium/vector-store';
import { isRetryable, mapLimit } from '@alluvium/lambda-kit';
import { chooseItems } from './domain/choose-items.ts';
import { contentKeyOf, refOf, type InboxItem } from './domain/inbox-item.ts';
import type { HeadMark } from './domain/invariants.ts';
import { deltaMissing, nextTry } from './domain/missing-delta.ts';
import type { FanOut } from './fan-out.ts';
import type { CompactorDeps } from './ports.ts';
import { readAhead } from './read-ahead.ts';
import { takeIntermediates } from './take-intermediates.ts';

/** Deltas that one round passes over because they cannot be read; with more of them it is the store that is away. */
const MOST_PASSED_OVER = 3;
const UNREADABLE_PAUSE_MS = 60_000;

const LOOKS_AT_ONCE = 16;

/** One publish, and the inbox items it decided about. */
export interface Round {
  result: PublishResult;
  items: InboxItem[];
}

interface Choice {
  items: InboxItem[];
  intermediates: Intermediate[];
  /** Content keys of deltas that are missing for the last time. */
  givenUp: Set<string>;
}

/** What to publish, and under what. */
export interface Task {
  indexPath: string;
  lease: Lease;
  fanOut: FanOut;
  /** HEAD as it was before the lease was taken. */
  before: HeadMark;
}

const NOTHING: Choice = { items: [], intermediates: [], givenUp: new Set() };

const exists = async ({ store }: CompactorDeps, key: string): Promise<boolean> => {
  try {
    return (await store.get(key, { range: { start: 0, end: 1 } })) !== undefined;
  } catch (error) {
    // There, but empty: the decoder says what is wrong with it.
    if (hasCode(error, 'RANGE_INVALID')) return true;
    throw error;
  }
};

// A delta that the snapshot holds is not looked for: its object may be gone by now, its end must be announced all the same.
const isThere = async (deps: CompactorDeps, applied: AppliedSet, item: InboxItem): Promise<boolean> =>
  (await applied.stateOf(item)) !== 'new' || (await exists(deps, item.pointer.key));

const choose = async (deps: CompactorDeps, waiting: InboxItem[], applied: AppliedSet): Promise<Choice> => {
  const nowMs = deps.clock.nowMs();
  const items = chooseItems(waiting, nowMs);
  const choice: Choice = { ...NOTHING, items: [], givenUp: new Set() };
  const there = await mapLimit(items, LOOKS_AT_ONCE, (item) => isThere(deps, applied, item));
  for (const [index, item] of items.entries()) {
    const next = there[index] === true ? undefined : nextTry(item, nowMs);
    if (next !== undefined) {
      await deps.inbox.postpone(item, next);
      continue;
    }
    if (there[index] !== true) choice.givenUp.add(contentKeyOf(item));
    choice.items.push(item);
  }
  return choice;
};

// Deltas that intermediates hold need not be looked for, and do not count against the bounds: nobody reads them.
const chooseWithin = async (
  deps: CompactorDeps,
  { indexPath, fanOut }: Task,
  applied: AppliedSet,
): Promise<Choice> => {
  const waiting = await deps.inbox.pending(indexPath);
  const outputs = fanOut.ready?.outputs ?? [];
  const intermediates = await takeIntermediates(deps, outputs, { waiting, applied });
  const held = new Set(intermediates.flatMap(({ deltas }) => deltas.map(contentKeyOf)));
  const plain = waiting.filter(
    (item) => !held.has(contentKeyOf(item)) && !fanOut.reserved.has(contentKeyOf(item)),
  );
  const choice = await choose(deps, plain, applied);
  const covered = waiting.filter((item) => held.has(contentKeyOf(item)));
  return { ...choice, items: [...covered, ...choice.items], intermediates };
};

const load = async (deps: CompactorDeps, choice: Choice, ref: DeltaRef): Promise<Delta> => {
  const item = choice.items.find((candidate) => contentKeyOf(candidate) === contentKeyOf(ref));
  if (item === undefined || choice.givenUp.has(contentKeyOf(ref))) throw deltaMissing(ref.key);
  return decodeDelta(await deps.objects.readBytes(item.pointer));
};

// What could not be read is noted in `unreadable`.
const publishOnce = async (deps: CompactorDeps, task: Task, unreadable: InboxItem[]): Promise<Round> => {
  const { indexPath, lease } = task;
  let choice = NOTHING;
  let loading = deps;
  const result = await publish({
    store: deps.store,
    indexPath,
    fence: lease.fence,
    choose: async (_head, applied) => {
      choice = await chooseWithin(deps, task, applied);
      const pointers = choice.items.map(({ pointer }) => pointer);
      loading = { ...deps, objects: readAhead(deps.objects, pointers) };
      return choice.items.map(refOf);
    },
    loadDelta: async (ref) => {
      try {
        return await load(loading, choice, ref);
      } catch (error) {
        const isAway = isRetryable(error);
        if (isAway)
          unreadable.push(...choice.items.filter((item) => contentKeyOf(item) === contentKeyOf(ref)));
        throw error;
      }
    },
    intermediates: () => Promise.resolve(choice.intermediates),
    checkLease: () => lease.check(),
    clock: deps.clock,
    newId: () => deps.runtime.origin.newEventId(),
  });
  return { result, items: choice.items };
};

/**
 * Publishes what waits in the inbox of an index under a held lease. A delta that the store does not give is passed over for a
 * minute and tried again until it is there: the others do not wait for it. Errors: those of the engine's `publish`.
 */
export const publishPending = async (deps: CompactorDeps, task: Task): Promise<Round> => {
  for (let passedOver = 0; ; passedOver += 1) {
    const unreadable: InboxItem[] = [];
    try {
      return await publishOnce(deps, task, unreadable);
    } catch (error) {
      if (unreadable.length === 0 || passedOver === MOST_PASSED_OVER) throw error;
      const notBeforeMs = deps.clock.nowMs() + UNREADABLE_PAUSE_MS;
      const keys = unreadable.map(({ pointer }) => pointer.key);
      deps.runtime.logger.warn('A delta cannot be read and is passed over', { keys, error: error as Error });
      for (const item of unreadable) await deps.inbox.postpone(item, { tries: item.tries, notBeforeMs });
    }
  }
};
