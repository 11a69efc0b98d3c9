import {
  derivedDocumentV1,
  documentsDerivedV1,
  PipelineError,
  runIdOf,
  type EventCause,
} from '@alluvium/contracts';
import { mapLimit } from '@alluvium/lambda-kit';
import { findDocument, nowOf } from './collection-documents.ts';
import type { OrchestratorDeps } from './ports.ts';
import { settleRun } from './settle-run.ts';
import { learn } from './track-run.ts';

const SOURCE = 'derived';
const READ_AT_ONCE = 8;
const REJECTS = '/rejects/';

/** The run that an operation builds a candidate with. */
export const buildRunIdOf = (candidate: string, operationId: string): string =>
  runIdOf({ collection: candidate, source: SOURCE, window: operationId, config: { connector: SOURCE } });

interface Derived {
  key: string;
  at: string;
}

// In the order in which they were written: what comes while a build is tried again is behind what it had before.
const derivedObjects = async (
  { store }: Pick<OrchestratorDeps, 'store'>,
  collection: string,
  since = '',
): Promise<Derived[]> => {
  const found: Derived[] = [];
  for await (const { key, lastModified } of store.list(`derived/${collection}/`)) {
    const at = lastModified.toISOString();
    if (key.endsWith('.jsonl.gz') && !key.includes(REJECTS) && at >= since) found.push({ key, at });
  }
  return found.sort((one, other) => (one.at + one.key < other.at + other.key ? -1 : 1));
};

const tellPart = async (
  deps: OrchestratorDeps,
  { key }: Derived,
  { run, part, cause }: { run: Run; part: number; cause: EventCause },
): Promise<void> => {
  const bytes = await deps.objects.find(key);
  // Gone since it was listed: what is erased is not built again.
  const pointer = bytes && deps.objects.pointTo(derivedDocumentV1.name, key, bytes);
  const documents = pointer === undefined ? [] : await deps.objects.readRecords(derivedDocumentV1, pointer);
  const records = documents.length;
  await deps.progress.close(run, { stage: 'fetched', parts: [part] });
  const data = {
    ...{ ...run, part, source: documents[0]?.source ?? SOURCE, records, unchanged: 0, rejected: 0 },
    ...(pointer !== undefined && records > 0 && { derived: { ...pointer, records } }),
  };
  await deps.bus.publish(documentsDerivedV1, data, cause);
};

interface Run {
  runId: string;
  attempt: number;
  collection: string;
}

/**
 * Builds a candidate: tells again of everything that was derived for its collection, for the candidate alone. The
 * revisions in the documents say what is newest, in whatever order they come. Gives the number of parts.
 * Errors: CANDIDATE_NOT_FOUND.
 */
export const buildCandidate = async (
  deps: OrchestratorDeps,
  { candidate, operationId }: { candidate: string; operationId: string },
): Promise<{ runId: string; parts: number }> => {
  const document = await findDocument(deps, candidate);
  const { candidateOf, deletedAt } = document ?? {};
  if (candidateOf === undefined || deletedAt !== undefined) {
    throw new PipelineError(`There is no candidate "${candidate}".`, {
      code: 'CANDIDATE_NOT_FOUND',
      kind: 'invalid',
    });
  }
  const runId = buildRunIdOf(candidate, operationId);
  const run = { runId, attempt: 1, collection: candidate };
  const cause = { correlationId: runId };
  const since = (await findDocument(deps, candidateOf))?.since;
  const objects = await derivedObjects(deps, candidateOf, since);
  await learn(deps, run, { source: SOURCE, startedAt: nowOf(deps) });
  await mapLimit([...objects.entries()], READ_AT_ONCE, ([part, derived]) =>
    tellPart(deps, derived, { run, part, cause }),
  );
  await learn(deps, run, { total: objects.length });
  await settleRun(deps, run, cause);
  return { runId, parts: objects.length };
};
