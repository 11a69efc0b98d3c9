import {
  makeEvent,
  PipelineError,
  retrievalRequestedV1,
  type ChatAnswerV1,
  type ChatRequestV1,
  type ChatResponseV1,
  type SessionV1,
} from '@alluvium/contracts';
import { sendKept } from '../change-job.ts';
import { getCollection } from '../collections.ts';
import { analyse, type Analysis } from '../domain/chat/analyse.ts';
import { advanceChat, beginChat } from '../domain/chat/machine.ts';
import { recallAnswer, askBack } from '../domain/chat/without-search.ts';
import type { Job } from '../domain/job.ts';
import type { OrchestratorDeps } from '../ports.ts';
import { finishChat } from './finish-chat.ts';
import { findSession } from './sessions.ts';

const RESULTS = 8;
const MAX_PREVIEW = 120;

const openSession = async (
  deps: OrchestratorDeps,
  { sessionId, collection }: ChatRequestV1,
): Promise<{ sessionId: string; turns: SessionV1['turns'] }> => {
  if (sessionId === undefined) return { sessionId: deps.runtime.origin.newEventId(), turns: [] };
  const session = await findSession(deps, sessionId);
  if (session !== undefined && session.collection !== collection) {
    throw new PipelineError(
      `The session ${sessionId} is about ${session.collection}: begin another one for ${collection}.`,
      { code: 'SESSION_MISMATCH', kind: 'conflict' },
    );
  }
  return { sessionId, turns: session?.turns ?? [] };
};

const answerNow = (
  job: Job & Required<Pick<Job, 'chat'>>,
  { route }: Analysis,
  { message, turns, answeredAt }: { message: string; turns: SessionV1['turns']; answeredAt: string },
): ChatAnswerV1 => {
  const { jobId, collection, chat } = job;
  return {
    ...{ jobId, sessionId: chat.sessionId, collection, question: message, route, answeredAt },
    answer: route === 'memory' ? recallAnswer(turns) : askBack(collection),
    citations: [],
    provider: { name: 'extractive' },
  };
};

/**
 * Takes a question up: what it takes a search for waits for retrieval.completed, and nobody waits with it; the rest is
 * answered at once. Errors: COLLECTION_NOT_FOUND, SESSION_MISMATCH.
 */
export const askChat = async (deps: OrchestratorDeps, request: ChatRequestV1): Promise<ChatResponseV1> => {
  const { message, collection, filters } = request;
  await getCollection(deps, collection);
  const { sessionId, turns } = await openSession(deps, request);
  const { origin } = deps.runtime;
  const nowMs = origin.nowMs();
  const analysis = analyse(message, { turns, nowMs, ...(filters && { filters }) });
  const state = advanceChat(beginChat(message).kept, { type: 'ANALYSED', ...analysis });
  const now = new Date(nowMs).toISOString();
  const jobId = origin.newEventId();
  const job = {
    ...{ jobId, kind: 'chat' as const, attempt: 1, collection, source: 'chat' },
    ...{ createdAt: now, updatedAt: now, startedAt: now, promptPreview: message.slice(0, MAX_PREVIEW) },
    chat: { sessionId, kept: state.kept },
  };
  const events =
    state.step === 'retrieving'
      ? [
          makeEvent(
            retrievalRequestedV1,
            { jobId, collection, q: analysis.q, k: RESULTS, ...analysis.filters },
            { correlationId: jobId },
            origin,
          ),
        ]
      : [];
  await deps.jobs.save(job, undefined, events);
  await sendKept(deps, events);
  if (state.step === 'done') {
    const answer = answerNow(job, analysis, { message, turns, answeredAt: now });
    await finishChat(deps, job, { answer, kept: state.kept });
  }
  return { jobId, sessionId, statusUrl: `/status/${jobId}` };
};
