import {
  assertProduced,
  isPipelineError,
  retrievalCompletedV1,
  retrievalRequestedV1,
  retrieveResponseV1,
  type RetrievalCompletedV1,
  type RetrievalRequestedV1,
} from '@alluvium/contracts';
import { failureOf, onEvent } from '@alluvium/lambda-kit';
import { parseBody } from '../domain/retrieve-body.ts';
import type { RetrievalDeps } from '../ports.ts';
import { retrieve } from '../retrieve.ts';
import { wireRetrieval } from '../wiring.ts';

type Asked = RetrievalRequestedV1['data'];
type Completed = RetrievalCompletedV1['data'];

const search = async (deps: RetrievalDeps, { jobId, ...asked }: Asked): Promise<Completed> => {
  const { q, k, mode, entity, id, since, until, threshold, collection } = asked;
  const parsed = parseBody(JSON.stringify({ q, k, mode, entity, id, since, until, threshold, collection }));
  if ('queries' in parsed) throw new Error('One search was asked for, several were read');
  const answer = assertProduced(retrieveResponseV1, await retrieve(deps, parsed));
  const results = await deps.objects.writeDocument(
    retrieveResponseV1,
    `retrievals/${encodeURIComponent(jobId)}.json`,
    answer,
  );
  const { snapshot, matched } = answer;
  return {
    ...{ jobId, collection, outcome: 'done', results, matched },
    ...(snapshot && { version: snapshot.version }),
  };
};

/** Searches on behalf of a job; what can never succeed is an answer too. */
export const makeHandler = (deps: RetrievalDeps) =>
  onEvent(retrievalRequestedV1, deps.runtime).run(async ({ data, metadata }) => {
    const { jobId, collection } = data;
    const told = await search(deps, data).catch((error: unknown): Completed => {
      // Only what passes by itself is worth another try: somebody waits.
      if (!isPipelineError(error) || error.kind === 'unavailable') throw error;
      return { jobId, collection, outcome: 'failed', error: failureOf(error) };
    });
    await deps.bus.publish(retrievalCompletedV1, told, metadata);
  });

export const handler = makeHandler(wireRetrieval());
