import {
  canonicalJson,
  sha256Hex,
  type AppliedPartsV1,
  type PointerV1,
  type SnapshotPublishedV1,
} from '@alluvium/contracts';
import { parseIndexPath, type Head } from '@alluvium/vector-store';
import type { InboxItem } from './inbox-item.ts';

type Part = AppliedPartsV1['parts'][number];

const textOf = ({ runId, attempt, part, deltaId }: Part): string =>
  [runId, String(attempt).padStart(10, '0'), String(part).padStart(10, '0'), deltaId].join('/');

/** Parts in one order, whoever lists them. */
export const sortedParts = (parts: readonly Part[]): Part[] =>
  parts.toSorted((left, right) => (textOf(left) < textOf(right) ? -1 : 1));

/** The parts that the items stand for. */
export const partsOf = (items: readonly InboxItem[]): Part[] =>
  sortedParts(items.map(({ runId, attempt, part, deltaId }) => ({ runId, attempt, part, deltaId })));

/**
 * Where the list of announced parts lies. Only the process that committed writes under the bare publish id; whoever makes an
 * announcement good writes under a name of its own parts, so that two lists never meet in one write-once object.
 */
export const announcementKey = (
  { indexPath, publishId, committed }: { indexPath: string; publishId: string; committed: boolean },
  parts: readonly Part[],
): string => {
  const suffix = committed ? '' : `-${sha256Hex(canonicalJson(parts)).slice(0, 16)}`;
  return `${indexPath}published/${publishId}${suffix}.json`;
};

/** What the world hears of a snapshot; `applied` points to the list of parts. */
export const announcementOf = (
  indexPath: string,
  head: Head,
  applied: PointerV1,
): SnapshotPublishedV1['data'] => {
  const { collection, modelId, dims } = parseIndexPath(indexPath);
  return {
    collection,
    index: { path: indexPath, modelId, dims },
    version: head.version,
    publishId: head.publishId,
    fence: head.fence,
    kind: 'commit',
    publishedAt: head.createdAt,
    counts: { documents: head.counts.documents, chunks: head.counts.chunks },
    applied,
  };
};
