import type { S3Server } from '@alluvium/testkit/simulation';
import type { Manifest } from '@alluvium/vector-store';
import type { HistoryChange, IndexFacts, VersionFacts } from './facts.ts';
import type { Committed } from './invariants/contents.ts';

// Pages of the log are not among it: nothing is lost with them but the memory of versions that are gone.
const namedBy = (manifestKey: string, body: Uint8Array): Map<string, number> => {
  const { index, publish } = JSON.parse(Buffer.from(body).toString('utf8')) as Manifest;
  const { applied } = publish;
  return new Map([
    [manifestKey, body.length],
    [applied.key, applied.sizeBytes],
    ...index.segments.map(({ key, sizeBytes }): [string, number] => [key, sizeBytes]),
  ]);
};

const appliedAfter = (
  { applied, versions }: IndexFacts,
  { listed }: Committed,
  change: HistoryChange | undefined,
  nowMs: number,
): Map<string, number> => {
  const before = change?.kind === 'rollback' ? versions.get(change.to)?.applied : applied;
  return new Map([
    ...(before ?? []),
    ...listed.map((key): [string, number] => [key, before?.get(key) ?? applied.get(key) ?? nowMs]),
  ]);
};

const revertedAfter = (
  { applied, reverted }: IndexFacts,
  after: ReadonlyMap<string, number>,
  change: HistoryChange | undefined,
): Set<string> => {
  const known = change?.kind === 'rollback' ? [...reverted, ...applied.keys()] : [...reverted];
  return new Set(known.filter((key) => !after.has(key)));
};

/** Takes a version that was just committed into what is known of its index. */
export const learnCommit = (
  index: IndexFacts,
  committed: Committed,
  change: HistoryChange | undefined,
  { s3, nowMs }: { s3: S3Server; nowMs: number },
): void => {
  const { head, chunkIds, listed } = committed;
  const { version, createdAt, manifestKey = '' } = head;
  const applied = appliedAfter(index, committed, change, nowMs);
  const reverted = revertedAfter(index, applied, change);
  const body = s3.objects.get(manifestKey)?.body;
  const facts: VersionFacts = {
    ...{ chunkIds, applied, reverted, createdAtMs: Date.parse(createdAt) },
    named: body === undefined ? new Map() : namedBy(manifestKey, body),
  };
  index.versions.set(version, facts);
  Object.assign(index, { applied, reverted });
  for (const key of listed) index.everApplied.add(key);
  for (const key of reverted) index.everReverted.add(key);
};
