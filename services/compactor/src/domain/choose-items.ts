import type { InboxItem } from './inbox-item.ts';

/** What one publish takes on. */
export interface Bounds {
  deltas: number;
  bytes: number;
}

/** A merge of this size fits the function's memory and time. */
export const PUBLISH_BOUNDS: Bounds = { deltas: 512, bytes: 256 * 1024 * 1024 };

/** True when the item need not wait. */
export const isDue = ({ notBeforeMs }: InboxItem, nowMs: number): boolean => notBeforeMs <= nowMs;

/** The items of the next publish, in their order. The first one is taken whatever its size: it would wait for ever. */
export const chooseItems = (
  items: readonly InboxItem[],
  nowMs: number,
  { deltas, bytes }: Bounds = PUBLISH_BOUNDS,
): InboxItem[] => {
  const chosen: InboxItem[] = [];
  let sizeBytes = 0;
  for (const item of items) {
    if (!isDue(item, nowMs)) continue;
    sizeBytes += item.pointer.bytes;
    if (chosen.length === deltas || (chosen.length > 0 && sizeBytes > bytes)) break;
    chosen.push(item);
  }
  return chosen;
};
