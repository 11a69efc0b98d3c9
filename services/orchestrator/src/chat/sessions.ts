import { PipelineError, type ChatAnswerV1, type SessionV1 } from '@alluvium/contracts';
import type { OrchestratorDeps } from '../ports.ts';

const KEPT_MS = 7 * 24 * 3600 * 1000;
const MAX_TURNS = 20;
const MAX_TRIES = 10;
const MAX_REMEMBERED = 2000;

type SessionDeps = Pick<OrchestratorDeps, 'sessions' | 'runtime'>;

/** A conversation that is not forgotten yet. */
export const findSession = async (
  { sessions, runtime }: SessionDeps,
  sessionId: string,
): Promise<SessionV1 | undefined> => {
  const session = (await sessions.find(sessionId))?.session;
  // The table drops what has expired when it finds the time.
  const now = new Date(runtime.origin.nowMs()).toISOString();
  return session !== undefined && session.expiresAt > now ? session : undefined;
};

/** A conversation. Errors: SESSION_NOT_FOUND. */
export const readSession = async (deps: SessionDeps, sessionId: string): Promise<SessionV1> => {
  const session = await findSession(deps, sessionId);
  if (session !== undefined) return session;
  throw new PipelineError(`There is no session "${sessionId.slice(0, 64)}"; they are kept for 7 days.`, {
    code: 'SESSION_NOT_FOUND',
    kind: 'invalid',
  });
};

const withTurn = (
  session: SessionV1 | undefined,
  answer: ChatAnswerV1,
  { askedAt, nowMs }: { askedAt: string; nowMs: number },
): SessionV1 => {
  const { jobId, sessionId, collection, question, citations } = answer;
  const documents = [...new Set(citations.map(({ documentId }) => documentId))];
  const turn = {
    ...{ jobId, question, askedAt, answer: answer.answer.slice(0, MAX_REMEMBERED) },
    ...(documents.length > 0 && { documents }),
  };
  const updatedAt = new Date(nowMs).toISOString();
  return {
    ...{ sessionId, collection, createdAt: session?.createdAt ?? askedAt, updatedAt },
    turns: [...(session?.turns ?? []), turn].slice(-MAX_TURNS),
    expiresAt: new Date(nowMs + KEPT_MS).toISOString(),
  };
};

/** Adds what was asked and answered, once. Errors: SESSION_BUSY. */
export const rememberTurn = async (
  deps: SessionDeps,
  answer: ChatAnswerV1,
  askedAt: string,
): Promise<void> => {
  const nowMs = deps.runtime.origin.nowMs();
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const found = await deps.sessions.find(answer.sessionId);
    if (found?.session.turns.some(({ jobId }) => jobId === answer.jobId)) return;
    const known = await findSession(deps, answer.sessionId);
    if (await deps.sessions.save(withTurn(known, answer, { askedAt, nowMs }), found?.version)) return;
  }
  throw new PipelineError(`The session ${answer.sessionId} was changed by others ${MAX_TRIES} times`, {
    code: 'SESSION_BUSY',
    kind: 'conflict',
  });
};
