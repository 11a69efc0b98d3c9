import {
  assertProduced,
  chatResponseV1,
  jobV1,
  makeEvent,
  retrievalCompletedV1,
  retrieveResponseV1,
  sessionV1,
  type RetrievalCompletedV1,
  type RetrieveResponseV1,
} from '@alluvium/contracts';
import { delivered, sqsEvent, testContext } from '@alluvium/testkit';
import { makeHandler } from '../../src/handlers/on-retrieval-completed.ts';
import { httpOf } from './http.ts';
import { makeWorld } from './world.ts';

export const TEXTS = ['Deltas settle into snapshots every night.', 'Bread is baked in an oven.'];
export const QUESTION = { message: 'How do deltas settle?' };

const resultOf = (text: string, index: number): RetrieveResponseV1['results'][number] => ({
  ...{ id: String(index).padStart(26, '0'), documentId: `files/document#${index}.md`, source: 'files' },
  ...{ entity: 'document', entityId: `${index}.md`, title: `Title ${index}`, attributes: {} },
  ...{ snippet: text, start: 0, end: text.length, score: 1 - index / 10, scores: {} },
});

/** An orchestrator with the collection docs, to be asked; its searches are answered by hand. */
export const makeChatWorld = async () => {
  const world = makeWorld();
  const call = httpOf(world);
  await call({ method: 'POST', path: '/collections', body: { collection: 'docs' } });
  const ask = (body: object, more: { query?: string; headers?: Record<string, string> } = {}) =>
    call({ method: 'POST', path: '/chat', body: { collection: 'docs', ...body }, ...more });
  const deliver = (data: RetrievalCompletedV1['data'], receives = 1) => {
    const event = makeEvent(retrievalCompletedV1, data, { correlationId: data.jobId }, world.runtime.origin);
    return makeHandler(world.deps)(sqsEvent([delivered(event)], receives), testContext());
  };
  return {
    ...{ world, call, ask, deliver },
    asked: async (body: object) => assertProduced(chatResponseV1, (await ask(body)).body),
    status: async (jobId: string) => assertProduced(jobV1, (await call({ path: `/status/${jobId}` })).body),
    session: async (sessionId: string) =>
      assertProduced(sessionV1, (await call({ path: `/sessions/${sessionId}` })).body),
    /** As the query service answers. */
    retrieved: async (jobId: string, texts: string[], receives = 1) => {
      const answer: RetrieveResponseV1 = {
        ...{ results: texts.map(resultOf), collection: 'docs', mode: 'hybrid', matched: texts.length },
        ...{ read: { requests: 1, bytes: 1 } },
        timings: { embedMs: 0, openMs: 0, searchMs: 0, totalMs: 0 },
      };
      const key = `retrievals/${jobId}.json`;
      const results = await world.objects.writeDocument(retrieveResponseV1, key, answer);
      return deliver(
        { jobId, collection: 'docs', outcome: 'done', results, version: 7, matched: 1 },
        receives,
      );
    },
  };
};
