import {
  chatAnswerV1,
  jobCompletedV1,
  jobFailedV1,
  makeEvent,
  type ChatAnswerV1,
  type FailureV1,
} from '@alluvium/contracts';
import { changeJob, type JobChange } from '../change-job.ts';
import type { KeptChat } from '../domain/chat/machine.ts';
import { failureOfJob, successOfJob, type Job } from '../domain/job.ts';
import type { OrchestratorDeps } from '../ports.ts';
import { rememberTurn } from './sessions.ts';

const nowOf = ({ runtime }: OrchestratorDeps): string => new Date(runtime.origin.nowMs()).toISOString();

const summaryOf = ({ citations, route }: ChatAnswerV1): string => {
  if (route === 'ask-back') return 'Asked back.';
  const count = citations.length;
  return count === 0
    ? 'Answered without citations.'
    : `Answered with ${count} citation${count > 1 ? 's' : ''}.`;
};

// What has ended stays as it ended.
const changeOpenChat = (
  deps: OrchestratorDeps,
  jobId: string,
  next: (job: Job & Required<Pick<Job, 'chat'>>) => JobChange,
): Promise<void> =>
  changeJob(deps, jobId, (job) =>
    Promise.resolve(
      job?.chat === undefined || job.outcome !== undefined ? undefined : next({ ...job, chat: job.chat }),
    ),
  );

/** Ends a chat with its answer. The first answer that is written stays, whoever writes another one. */
export const finishChat = async (
  deps: OrchestratorDeps,
  { jobId, createdAt }: Job,
  { answer, kept }: { answer: ChatAnswerV1; kept: KeptChat },
): Promise<void> => {
  const result = await deps.objects.writeDocument(chatAnswerV1, `jobs/${jobId}/answer.json`, answer);
  const stored = await deps.objects.readDocument(chatAnswerV1, result);
  await rememberTurn(deps, stored, createdAt);
  await changeOpenChat(deps, jobId, (job) => {
    const now = nowOf(deps);
    const ended = {
      ...{ ...job, outcome: 'done' as const, completedAt: now, updatedAt: now, result },
      ...{ resultSummary: summaryOf(stored), chat: { ...job.chat, kept } },
    };
    const cause = { correlationId: jobId };
    return {
      job: ended,
      events: [makeEvent(jobCompletedV1, successOfJob(ended), cause, deps.runtime.origin)],
    };
  });
};

/** Ends a chat without an answer. */
export const failChat = (deps: OrchestratorDeps, jobId: string, error: FailureV1): Promise<void> =>
  changeOpenChat(deps, jobId, (job) => {
    const now = nowOf(deps);
    const ended = { ...job, outcome: 'failed' as const, completedAt: now, updatedAt: now, error };
    const cause = { correlationId: jobId };
    return { job: ended, events: [makeEvent(jobFailedV1, failureOfJob(ended), cause, deps.runtime.origin)] };
  });
