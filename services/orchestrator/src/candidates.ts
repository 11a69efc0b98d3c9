import {
  indexNamesOf,
  PipelineError,
  type CandidateRequestV1,
  type CandidateResponseV1,
  type CollectionDetailV1,
  type CollectionV1,
} from '@alluvium/contracts';
import { buildRunIdOf } from './build-candidate.ts';
import { announce, changeDocument, findDocument, nowOf } from './collection-documents.ts';
import { describeCollection, getCollection } from './collections.ts';
import { freshIndexName } from './fresh-index-name.ts';
import type { OrchestratorDeps } from './ports.ts';
import { requestOperation } from './request-operation.ts';

const MAX_CANDIDATES = 4;

const refuse = (code: string, message: string, kind: 'invalid' | 'conflict' = 'conflict'): PipelineError =>
  new PipelineError(message, { code, kind });

const changeCandidates = async (
  deps: OrchestratorDeps,
  collection: string,
  next: (document: CollectionV1) => Partial<CollectionV1>,
  change: 'updated' | 'index-switched',
): Promise<void> => {
  const changed = await changeDocument(
    deps,
    collection,
    (document) => document && { ...document, ...next(document), updatedAt: nowOf(deps) },
  );
  const cause = { correlationId: deps.runtime.origin.newEventId() };
  if (changed !== undefined) await announce(deps, changed, { change }, cause);
};

/**
 * Builds an index beside the active one: from now on it gets whatever is ingested, and what was ingested before is read
 * again. Errors: COLLECTION_NOT_FOUND, CANDIDATES_TOO_MANY.
 */
export const requestCandidate = async (
  deps: OrchestratorDeps,
  collection: string,
  { settings, requestedBy }: { settings: CandidateRequestV1; requestedBy: string },
): Promise<CandidateResponseV1> => {
  const document = await getCollection(deps, collection);
  if ((document.candidates ?? []).length >= MAX_CANDIDATES) {
    throw refuse('CANDIDATES_TOO_MANY', `${collection} has ${MAX_CANDIDATES} candidates: drop one first.`);
  }
  const [indexName] = indexNamesOf(collection, document);
  const { chunker, model } = { ...(await findDocument(deps, indexName)), ...settings };
  const candidate = await freshIndexName(deps, collection, {
    ...(chunker && { chunker }),
    ...(model && { model }),
  });
  // First of all: what is ingested while the past is read must not be missed.
  const withIt = ({ candidates = [] }: CollectionV1) => ({ candidates: [...candidates, candidate] });
  await changeCandidates(deps, collection, withIt, 'updated');
  const operation = { operation: 'build-candidate', target: 'orchestrator', args: { collection: candidate } };
  const accepted = await requestOperation(deps, operation, requestedBy);
  return { candidate, ...accepted, jobId: buildRunIdOf(candidate, accepted.operationId) };
};

const assertCandidate = ({ collection, candidates = [] }: CollectionV1, name: string): void => {
  if (candidates.includes(name)) return;
  const known = candidates.length === 0 ? 'it has none' : `it has ${candidates.join(', ')}`;
  throw refuse('CANDIDATE_NOT_FOUND', `${collection} has no candidate "${name}"; ${known}.`, 'invalid');
};

/**
 * Lets a candidate answer for its collection; the index that answered so far becomes a candidate, so that it can be
 * switched back to. Errors: COLLECTION_NOT_FOUND, CANDIDATE_NOT_FOUND, CANDIDATE_EMPTY.
 */
export const switchIndex = async (
  deps: OrchestratorDeps,
  collection: string,
  name: string,
): Promise<CollectionDetailV1> => {
  assertCandidate(await getCollection(deps, collection), name);
  const own = await findDocument(deps, name);
  // The document of the collection keeps the index of its own name while another one answers.
  const active = name === collection ? own?.ownIndex : own?.active;
  if (active === undefined) {
    throw refuse('CANDIDATE_EMPTY', `Nothing is published in ${name} yet: wait for the run that builds it.`);
  }
  const switched = (document: CollectionV1): Partial<CollectionV1> => {
    const [before, ...candidates] = indexNamesOf(collection, document);
    const others = candidates.filter((candidate) => candidate !== name);
    const put = before === collection && document.active !== undefined ? { ownIndex: document.active } : {};
    return { ...put, indexName: name, active, candidates: [...others, before] };
  };
  await changeCandidates(deps, collection, switched, 'index-switched');
  return describeCollection(deps, collection);
};

/**
 * Drops a candidate: it gets nothing any more and answers no more; its objects stay until they are collected.
 * Errors: COLLECTION_NOT_FOUND, CANDIDATE_NOT_FOUND.
 */
export const dropCandidate = async (
  deps: OrchestratorDeps,
  collection: string,
  name: string,
): Promise<void> => {
  assertCandidate(await getCollection(deps, collection), name);
  const without = ({ candidates = [] }: CollectionV1) => ({
    candidates: candidates.filter((candidate) => candidate !== name),
  });
  await changeCandidates(deps, collection, without, 'updated');
  // The index of the collection's own name has no document of its own.
  if (name === collection) return;
  const deletedAt = nowOf(deps);
  const dropped = await changeDocument(
    deps,
    name,
    (document) => document && { ...document, deletedAt, updatedAt: deletedAt },
  );
  const cause = { correlationId: deps.runtime.origin.newEventId() };
  if (dropped !== undefined) await announce(deps, dropped, { change: 'deleted' }, cause);
};
