import { PipelineError, type MetadataV1, type PointerV1 } from '@alluvium/contracts';
import type { Operation, OperationArgs, OperationRequest, OperationResult } from '@alluvium/lambda-kit';
import {
  diffVersions,
  readVersions,
  resolveVersion,
  rollback,
  rollbackKey,
  type AsOf,
  type Publisher,
  type Rollback,
} from '@alluvium/vector-store';
import type { OperationDeps } from '../ports.ts';
import { announceChange, partsOfRuns } from './announce-change.ts';
import { noted } from './noted.ts';
import { counted, reportAt } from './report.ts';
import { targetIndex } from './target-index.ts';
import { underLease } from './under-lease.ts';

type Deps = OperationDeps;

const wantedOf = ({ version, asOf, tag }: OperationArgs, { operation }: OperationRequest): AsOf => {
  const wanted = version ?? asOf ?? tag;
  if (wanted !== undefined) return wanted;
  throw new PipelineError(`The operation ${operation} needs args.version, args.asOf or args.tag`, {
    code: 'OPERATION_ARGUMENT_MISSING',
    kind: 'invalid',
    details: { operation, name: 'version' },
  });
};

const foretell = async ({ store }: Deps, indexPath: string, to: number): Promise<OperationResult> => {
  const from = (await readVersions(store, indexPath))[0]?.version ?? to;
  const { added, changed, deleted } = await diffVersions(store, indexPath, { from, to, limit: 0 });
  const what = `${counted(added.count, 'document')} would come back, ${changed.count} change, ${deleted.count} go`;
  return { summary: `From version ${from} to the content of version ${to}: ${what}.` };
};

const reasonOf = ({ reason, requestedBy }: OperationRequest): string =>
  (reason === undefined ? `asked for by ${requestedBy}` : `${reason} (${requestedBy})`).slice(0, 500);

// A process that died after its commit finds its own version: another one of the same content would help nobody.
const isDone = async ({ store }: Deps, indexPath: string, to: number): Promise<boolean> => {
  const [current] = await readVersions(store, indexPath);
  return current?.change?.kind === 'rollback' && current.change.version === to;
};

const goBack = async (
  deps: Deps,
  writer: Publisher,
  { to, request }: { to: number; request: OperationRequest },
): Promise<Rollback | undefined> => {
  if (await isDone(deps, writer.indexPath, to)) return undefined;
  const done = await rollback({ ...writer, to, reason: reasonOf(request) });
  return done.isCommitted ? done : undefined;
};

const told = (to: number, done: Rollback | undefined, report?: PointerV1): OperationResult => {
  if (done === undefined)
    return { summary: `The current version has the content of version ${to} already; nothing was changed.` };
  const out = counted(partsOfRuns(done.reverted).length, 'delta');
  const summary = `Version ${done.head.version} has the content of version ${to}; ${out} taken out, to be refused from now on.`;
  return { summary, ...(report !== undefined && { report }) };
};

const rollBackUnderLease = async (
  deps: Deps,
  writer: Publisher,
  { to, request, cause }: { to: number; request: OperationRequest; cause: MetadataV1 },
): Promise<OperationResult> => {
  const { indexPath } = writer;
  const done = await noted(deps, indexPath, request, async () => {
    const result = await goBack(deps, writer, { to, request });
    const applied = partsOfRuns(result?.reapplied ?? []);
    await announceChange(deps, indexPath, { kind: 'rollback', applied }, cause);
    return result;
  });
  const report = done && (await reportAt(deps, 'rollback.v1', rollbackKey(indexPath, done.head)));
  return told(to, done, report);
};

/** rollback-snapshot: a new version with the content of an older one, and the world is told what it took out. */
export const rollBackSnapshot =
  (deps: Deps): Operation =>
  async (args, request, cause) => {
    const { indexPath } = await targetIndex(deps, request);
    const { version: to } = await resolveVersion(deps.store, indexPath, wantedOf(args, request));
    if (args.dryRun === true) return foretell(deps, indexPath, to);
    return underLease(deps, indexPath, request, (writer) =>
      rollBackUnderLease(deps, writer, { to, request, cause }),
    );
  };
