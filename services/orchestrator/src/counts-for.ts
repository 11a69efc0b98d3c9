import { indexNamesOf } from '@alluvium/contracts';
import { findDocument } from './collection-documents.ts';
import type { OrchestratorDeps } from './ports.ts';

/**
 * True when what happened in an index tells of the run itself: it happened in the index of the run's collection, or in
 * the one that the run builds. What happens in the candidates beside it does not end a run.
 */
export const countsFor = async (
  deps: Pick<OrchestratorDeps, 'store' | 'jobs'>,
  { runId, collection: indexName }: { runId: string; collection: string },
): Promise<boolean> => {
  const document = await findDocument(deps, indexName);
  const { candidateOf } = document ?? {};
  if (candidateOf === undefined) return indexNamesOf(indexName, document)[0] === indexName;
  const [active] = indexNamesOf(candidateOf, await findDocument(deps, candidateOf));
  if (active === indexName) return true;
  return (await deps.jobs.find(runId))?.job.collection === indexName;
};
