import { PipelineError } from '@alluvium/contracts';
import type { Operation, OperationArgs } from '@alluvium/lambda-kit';
import {
  decodeDelta,
  parseIndexPath,
  readObject,
  readReverted,
  unrevert,
  type AppliedRun,
  type Delta,
  type DeltaRef,
} from '@alluvium/vector-store';
import type { OperationDeps } from '../ports.ts';
import { announceChange, partsOfRuns } from './announce-change.ts';
import { noted } from './noted.ts';
import { counted } from './report.ts';
import { targetIndex } from './target-index.ts';
import { underLease } from './under-lease.ts';

type Deps = OperationDeps;

const isThere = async ({ store }: Pick<Deps, 'store'>, key: string): Promise<boolean> =>
  (await readObject(store, key, { range: { start: 0, end: 1 } })) !== undefined;

// What the rollback that made a version took out; without a version what all of them did.
const chosenBy = async (
  { store }: Deps,
  indexPath: string,
  { version, runId }: OperationArgs,
): Promise<(ref: { runId: string; deltaId: string }) => boolean> => {
  if (version === undefined) return (ref) => runId === undefined || ref.runId === runId;
  const prefix = `${indexPath}rollbacks/${String(version).padStart(10, '0')}-`;
  for await (const { key } of store.list(prefix)) {
    const object = await readObject(store, key);
    const { reverted } = JSON.parse(Buffer.from(object?.body ?? '{"reverted":[]}').toString('utf8')) as {
      reverted: AppliedRun[];
    };
    const ids = new Set(partsOfRuns(reverted).map((part) => `${part.runId}/${part.deltaId}`));
    return (ref) => ids.has(`${ref.runId}/${ref.deltaId}`) && (runId === undefined || ref.runId === runId);
  }
  throw new PipelineError(`Version ${version} of ${indexPath} was made by no rollback`, {
    code: 'VERSION_UNKNOWN',
    kind: 'invalid',
    details: { indexPath, version },
  });
};

/** The reverted deltas that lie where embed laid them. */
const locate = async (
  deps: Deps,
  indexPath: string,
  reverted: readonly AppliedRun[],
  isChosen: (ref: { runId: string; deltaId: string }) => boolean,
): Promise<DeltaRef[]> => {
  const { collection } = parseIndexPath(indexPath);
  const refs: DeltaRef[] = [];
  for (const ref of partsOfRuns(reverted).filter(isChosen)) {
    const key = `embeddings/${collection}/${ref.runId}/${ref.part}-${ref.deltaId}`;
    if (await isThere(deps, key)) refs.push({ ...ref, key });
  }
  return refs;
};

// One that went meanwhile is none: the engine leaves it out.
const load = async ({ store }: Deps, { key }: DeltaRef): Promise<Delta> =>
  decodeDelta((await readObject(store, key))?.body ?? new Uint8Array());

/** unrevert-snapshot: applies again what rollbacks took out; of one version's or one run's where these are given. */
export const unrevertSnapshot =
  (deps: Deps): Operation =>
  async (args, request, cause) => {
    const { indexPath } = await targetIndex(deps, request);
    const isChosen = await chosenBy(deps, indexPath, args);
    const known = (await readReverted(deps.store, indexPath))?.reverted ?? [];
    const waiting = partsOfRuns(known).filter(isChosen).length;
    if (args.dryRun === true) return { summary: `${counted(waiting, 'delta')} would be let in again.` };
    return underLease(deps, indexPath, request, (writer) =>
      noted(deps, indexPath, request, async () => {
        const done = await unrevert({
          ...writer,
          locate: (reverted) => locate(deps, indexPath, reverted, isChosen),
          loadDelta: (ref) => load(deps, ref),
        });
        const applied = done.applied.map(({ runId, attempt, part, deltaId }) => {
          return { runId, attempt, part, deltaId };
        });
        if (done.isCommitted) await announceChange(deps, indexPath, { kind: 'unrevert', applied }, cause);
        const left = Math.max(0, waiting - applied.length);
        const rest = left === 0 ? '' : ` ${counted(left, 'delta')} cannot be read any more and stay out.`;
        const summary = done.isCommitted
          ? `Version ${done.head.version} has ${counted(applied.length, 'delta')} again.${rest}`
          : `Nothing was let in; nothing was changed.${rest}`;
        return { summary };
      }),
    );
  };
