import { PipelineError } from '@alluvium/contracts';
import type { AppliedDeltas } from '../publish/applied-deltas.ts';
import { readOldSnapshot, type OldSnapshot } from '../publish/publish-input.ts';
import { claim, commit, verify, writeManifest, type Draft, type Publisher } from '../publish/publish.ts';
import type { MergeResult } from '../publish/segment-writer.ts';
import { assertNotFenced, readHead, type CurrentHead } from '../snapshot/head-object.ts';
import { parseIndexPath } from '../snapshot/index-paths.ts';
import type { Head, VersionChange } from '../snapshot/manifest.ts';

const ATTEMPTS = 5;

/** What a change starts from, under its claim. */
export interface Claimed {
  claimed: CurrentHead;
  old: OldSnapshot;
  /** Of the version to be. */
  publishId: string;
  nowMs: number;
}

/** The version to be. */
export interface Planned {
  merged: MergeResult;
  applied: AppliedDeltas;
  change: VersionChange;
}

/** `head` is that of the new version, or the claimed one where the plan was to change nothing. */
export interface Republished {
  head: Head;
  isCommitted: boolean;
}

const conflict = ({ indexPath, fence }: Publisher): PipelineError =>
  new PipelineError(`${indexPath} was written by others in ${ATTEMPTS} attempts`, {
    code: 'PUBLISH_CONFLICT',
    kind: 'conflict',
    details: { indexPath, fence },
  });

/**
 * Claims HEAD under the caller's fence without another change: whoever claimed before can no longer commit. Undefined where there is
 * no index. Errors: FENCED, PUBLISH_CONFLICT, STORE_UNAVAILABLE.
 */
export const claimHead = async (options: Publisher): Promise<CurrentHead | undefined> => {
  parseIndexPath(options.indexPath);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const before = await readHead(options.store, options.indexPath);
    if (before === undefined) return undefined;
    assertNotFenced(options.indexPath, before.head, options.fence);
    const claimed = await claim(options, before);
    if (claimed) return claimed;
  }
  throw conflict(options);
};

const attempt = async (
  options: Publisher,
  plan: (state: Claimed) => Promise<Planned | undefined>,
): Promise<Republished | 'conflict' | undefined> => {
  const claimed = await claimHead(options);
  if (claimed === undefined) return undefined;
  const old = await readOldSnapshot(options.store, claimed.head);
  const [publishId, nowMs] = [options.newId(), options.clock.nowMs()];
  const planned = await plan({ claimed, old, publishId, nowMs });
  if (planned === undefined) return { head: claimed.head, isCommitted: false };
  const { merged, applied, change } = planned;
  const draft: Draft = {
    options,
    claimed,
    old: { manifest: old.manifest, applied },
    loaded: { applied: [], rejected: [], changes: new Map() },
    change,
    publishId,
    createdAtMs: nowMs,
  };
  const described = await writeManifest(draft, merged);
  await verify(options, merged, described.manifest);
  await options.checkLease();
  const { head, written } = await commit(draft, merged, described);
  return written.kind === 'conflict' ? 'conflict' : { head, isCommitted: true };
};

/**
 * Publishes a version that no delta made, on the way that every publish takes: claim, build, verify, commit by one conditional write.
 * `plan` runs under the claim, again after a conflict. Undefined where there is no index. Errors: those of `publish` and of `plan`.
 */
export const republish = async (
  options: Publisher,
  plan: (state: Claimed) => Promise<Planned | undefined>,
): Promise<Republished | undefined> => {
  for (let count = 0; count < ATTEMPTS; count += 1) {
    const result = await attempt(options, plan);
    if (result !== 'conflict') return result;
  }
  throw conflict(options);
};
