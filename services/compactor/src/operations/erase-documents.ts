import { erasureV1, PipelineError, type ErasureV1, type MetadataV1 } from '@alluvium/contracts';
import type { Operation, OperationArgs, OperationRequest, OperationResult } from '@alluvium/lambda-kit';
import { eraseDocuments } from '@alluvium/vector-store';
import type { RegisteredIndex } from '../domain/inbox-item.ts';
import { soughtOf } from '../domain/sought.ts';
import { eraseOutside, searchOutside, type Erased } from '../erase/erase-outside.ts';
import { findMatching } from '../erase/find-matching.ts';
import type { OperationDeps } from '../ports.ts';
import { settleIndex } from '../settle-index.ts';
import { announceChange } from './announce-change.ts';
import { auditedStore } from './audited-store.ts';
import { noted } from './noted.ts';
import { counted } from './report.ts';
import { territoryOf, type WholeTerritory } from './territory.ts';
import { underLease } from './under-lease.ts';

type Deps = OperationDeps;

interface Work {
  documentIds: string[];
  request: OperationRequest;
  cause: MetadataV1;
}

const NOT_COVERED = [
  'files of several records under inbox/',
  'copies of planes that running functions of query keep until they end',
  'sessions and prompts that the orchestrator keeps until they expire',
  'what is on its way: erase again when the runs that began before are done',
  'the source itself: delete it there, or it is ingested again',
];

const idsOf = async (
  deps: Deps,
  territory: WholeTerritory,
  { documentId, documentIds, filter }: OperationArgs,
): Promise<string[]> => {
  const named = [...(documentIds ?? []), ...(documentId === undefined ? [] : [documentId])];
  if (named.length > 0) return [...new Set(named)].sort();
  if (filter !== undefined) return findMatching(deps.store, territory, filter);
  throw new PipelineError('The operation erase-document needs args.documentId, documentIds or filter', {
    code: 'OPERATION_ARGUMENT_MISSING',
    kind: 'invalid',
    details: { name: 'documentId' },
  });
};

// Deltas that wait are applied first: their objects go, and the other documents in them are not to be lost.
const eraseFromIndex = async (
  deps: Deps,
  index: RegisteredIndex,
  { documentIds, request, cause }: Work,
): Promise<ErasureV1['indexes'][number]> => {
  const { indexPath } = index;
  await settleIndex(deps, index);
  const report = await underLease(deps, indexPath, request, (writer) =>
    noted(deps, indexPath, request, async () => {
      const done = await eraseDocuments({ ...writer, documentIds, notCovered: [] });
      await announceChange(deps, indexPath, { kind: 'erase', applied: [] }, cause);
      return done;
    }),
  );
  return { indexPath, report: `${indexPath}erasures/${report.eraseId}.json` };
};

const erasureOf = (
  { runtime }: Deps,
  { collection }: WholeTerritory,
  { documentIds, request }: Work,
  { indexes, outside }: { indexes: ErasureV1['indexes']; outside: Erased },
): ErasureV1 => {
  const { search, deletedKeys, replaysBroken, proof } = outside;
  const { operationId, requestedBy, reason } = request;
  const bytes = [...search.held.values()].reduce((sum, size) => sum + size, 0);
  return {
    format: 'erasure.v1',
    ...{ operationId, collection, at: new Date(runtime.origin.nowMs()).toISOString(), requestedBy },
    ...(reason !== undefined && { reason }),
    ...{ documentIds, indexes },
    examined: { objects: search.seen.size, bytes: search.bytes },
    deleted: { objects: deletedKeys.length, bytes },
    ...{ deletedKeys, unreadable: [...search.unreadable].sort(), replaysBroken, proof },
    notCovered: NOT_COVERED,
  };
};

const foretell = async (deps: Deps, territory: WholeTerritory, documentIds: string[]): Promise<string> => {
  const { held } = await searchOutside(deps.store, territory, soughtOf(documentIds));
  return `${counted(documentIds.length, 'document')} would be erased; ${counted(held.size, 'object')} outside the indexes would go, and every version that holds one of them.`;
};

const erase = async (deps: Deps, territory: WholeTerritory, work: Work): Promise<OperationResult> => {
  const indexes: ErasureV1['indexes'] = [];
  for (const index of territory.indexes) indexes.push(await eraseFromIndex(deps, index, work));
  const outside = await eraseOutside(deps.store, territory, soughtOf(work.documentIds));
  const erasure = erasureOf(deps, territory, work, { indexes, outside });
  const key = `erasures/${territory.collection}/${work.request.operationId}.json`;
  const report = await deps.objects.writeDocument(erasureV1, key, erasure);
  const what = `${counted(work.documentIds.length, 'document')} erased from ${counted(indexes.length, 'index')}`;
  return { summary: `${what} and ${counted(outside.deletedKeys.length, 'object')} outside.`, report };
};

/**
 * erase-document: takes documents out of everything that a collection has: all versions of all of its indexes, then what lies before
 * and behind them. Every deletion is in the log; the report is the proof. When it dies or fails half-way, ask again.
 */
export const eraseDocument =
  (deps: Deps): Operation =>
  async (args, request, cause) => {
    const territory = await territoryOf(deps, request);
    const documentIds = await idsOf(deps, territory, args);
    if (documentIds.length === 0) return { summary: 'No document fits; nothing was erased.' };
    if (args.dryRun === true) return { summary: await foretell(deps, territory, documentIds) };
    const { operationId, requestedBy } = request;
    const audit = auditedStore(deps, { operationId, requestedBy, collection: territory.collection });
    try {
      return await erase({ ...deps, store: audit.store }, territory, { documentIds, request, cause });
    } finally {
      audit.flush();
    }
  };
