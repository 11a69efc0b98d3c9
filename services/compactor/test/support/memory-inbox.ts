import type { Arrivals } from '../../src/domain/compaction-trigger.ts';
import type { DeltaPlace } from '../../src/domain/delta-place.ts';
import type { HeadMark } from '../../src/domain/invariants.ts';
import type { InboxItem, Outcome, RegisteredIndex } from '../../src/domain/inbox-item.ts';
import type { InboxStore } from '../../src/ports.ts';

export type SettledItem = InboxItem & Outcome;

/** An inbox kept in memory, with the same conditions as the table. */
export interface MemoryInbox extends InboxStore {
  readonly waiting: Map<string, InboxItem>;
  readonly settled: Map<string, SettledItem>;
}

const keyOf = ({ indexPath, deltaId, attempt }: InboxItem): string => `${indexPath} ${deltaId}#${attempt}`;

export const memoryInbox = (): MemoryInbox => {
  const registered = new Map<string, RegisteredIndex>();
  const waiting = new Map<string, InboxItem>();
  const settled = new Map<string, SettledItem>();
  const arrivals = new Map<string, Arrivals>();
  const heads = new Map<string, HeadMark>();
  const inQuarantine = new Map<string, DeltaPlace>();
  const pending = (indexPath: string): InboxItem[] =>
    [...waiting.entries()]
      .filter(([, item]) => item.indexPath === indexPath)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([, item]) => item);
  return {
    waiting,
    settled,
    register: async ({ collection, indexPath }) => {
      registered.set(indexPath, { collection, indexPath });
    },
    indexes: async (collection) =>
      [...registered.values()].filter((index) => collection === undefined || index.collection === collection),
    add: async (item) => {
      const key = keyOf(item);
      if (!waiting.has(key) && !settled.has(key)) waiting.set(key, item);
    },
    countArrival: async ({ indexPath, pointer }) => {
      const { deltas, bytes } = arrivals.get(indexPath) ?? { deltas: 0, bytes: 0 };
      const counted = { deltas: deltas + 1, bytes: bytes + pointer.bytes };
      arrivals.set(indexPath, counted);
      return counted;
    },
    restartCount: async (indexPath) => {
      arrivals.delete(indexPath);
    },
    pending: async (indexPath) => pending(indexPath),
    hasPending: async (indexPath) => pending(indexPath).length > 0,
    postpone: async (item, next) => {
      const known = waiting.get(keyOf(item));
      if (known !== undefined) waiting.set(keyOf(item), { ...known, ...next });
    },
    settle: async (item, outcome) => {
      if (waiting.delete(keyOf(item))) settled.set(keyOf(item), { ...item, ...outcome });
    },
    rememberHead: async (indexPath, mark) => {
      const known = heads.get(indexPath);
      if (known !== undefined && (known.version > mark.version || known.fence > mark.fence)) return false;
      heads.set(indexPath, mark);
      return true;
    },
    isSettled: async (indexPath, deltaId) =>
      [...settled.values()].some((item) => item.indexPath === indexPath && item.deltaId === deltaId),
    quarantine: async (place) => {
      inQuarantine.set(`${place.collection} ${place.deltaId}`, place);
    },
    quarantined: async (collection) =>
      new Set(
        [...inQuarantine.values()]
          .filter((place) => place.collection === collection)
          .map(({ deltaId }) => deltaId),
      ),
  };
};
