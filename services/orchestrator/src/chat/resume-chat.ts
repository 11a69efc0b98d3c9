import {
  PipelineError,
  retrieveResponseV1,
  type ChatAnswerV1,
  type RetrievalCompletedV1,
} from '@alluvium/contracts';
import { advanceChat, type ChatState } from '../domain/chat/machine.ts';
import { passagesOf, type Passage } from '../domain/chat/passages.ts';
import type { Job } from '../domain/job.ts';
import type { OrchestratorDeps } from '../ports.ts';
import { failChat, finishChat } from './finish-chat.ts';
import { findSession } from './sessions.ts';
import { writeAnswer } from './write-answer.ts';

type Retrieved = RetrievalCompletedV1['data'];

const FAILED = { code: 'RETRIEVAL_FAILED', message: 'The search failed without a reason.' };

const passagesIn = async ({ objects }: OrchestratorDeps, { jobId, results }: Retrieved) => {
  if (results === undefined) {
    throw new PipelineError(`The search for the job ${jobId} is done and points to no results`, {
      code: 'EVENT_INVALID',
      kind: 'invalid',
      details: { path: '/data/results' },
    });
  }
  return passagesOf((await objects.readDocument(retrieveResponseV1, results)).results);
};

const answerOf = async (
  deps: OrchestratorDeps,
  job: Job,
  { state, passages, sessionId }: { state: ChatState; passages: Passage[]; sessionId: string },
) => {
  const turns = (await findSession(deps, sessionId))?.turns ?? [];
  const { question, route = 'retrieve', q = question, filters = {}, version } = state.context;
  const { kept, ...written } = await writeAnswer(deps, state, { question, passages, turns });
  const { jobId, collection } = job;
  const answer: ChatAnswerV1 = {
    ...{ jobId, sessionId, collection, question, route, ...written },
    search: { q, filters, passages: passages.length, ...(version !== undefined && { version }) },
    answeredAt: new Date(deps.runtime.origin.nowMs()).toISOString(),
  };
  return { answer, kept };
};

/** Goes on with a chat whose search has an answer; one that has ended, or that nobody knows, is left alone. */
export const resumeChat = async (deps: OrchestratorDeps, { data }: RetrievalCompletedV1): Promise<void> => {
  const { jobId, version } = data;
  const job = (await deps.jobs.find(jobId))?.job;
  if (job?.chat === undefined || job.outcome !== undefined) return;
  if (data.outcome !== 'done') return failChat(deps, jobId, data.error ?? FAILED);
  const passages = await passagesIn(deps, data);
  const { sessionId, kept } = job.chat;
  const state = advanceChat(kept, { type: 'RETRIEVED', ...(version !== undefined && { version }) });
  await finishChat(deps, job, await answerOf(deps, job, { state, passages, sessionId }));
};
